import type {Core} from '../src/app/core.js';
import {BareNats} from './contenders/bare-nats.js';
import type {Contender, Workload} from './contenders/contender.js';
import {Direct} from './contenders/direct.js';
import {Heterodyne} from './contenders/heterodyne.js';
import {digestOf} from './digest.js';
import {measureLatencies, measureThroughput} from './measure.js';
import type {Parameters} from './parameters.js';
import type {Row, WorkloadResult} from './result.js';
import {quantile, spread} from './spread.js';

export interface Places {
  readonly embedded: Core;
  readonly cluster: {readonly core: Core; readonly servers: string};
}

interface Entry {
  readonly contender: Contender;
  sha256: string | undefined;
  readonly throughputs: number[];
  readonly processorMs: number[];
  readonly p50s: number[];
  readonly latencies: number[];
}

/** Measures every contender in turn, round after round, so that what drifts drifts for all. */
export async function runWorkload(
  workload: Workload,
  parameters: Parameters,
  places: Places,
): Promise<WorkloadResult> {
  const entries: Entry[] = [];
  try {
    const outputBytes = await startAll(workload, places, entries);
    for (const {contender} of entries) await warmUp(contender, workload, parameters);
    for (let round = 0; round < parameters.rounds; round++) {
      // Each contender has every place in the order, as far as there are rounds.
      const first = round % entries.length;
      for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
        await measure(entry, workload, parameters);
      }
    }
    return {
      workload: workload.name,
      inputBytes: bytesOf(workload),
      outputBytes,
      streams: workload.streams,
      inFlight: workload.inFlight,
      rows: entries.map(entry => rowOf(entry, entries)),
    };
  } finally {
    for (const {contender} of entries) await contender.close();
  }
}

/** Fills `entries` and gives the bytes of one inference's outputs; all must make the same. */
async function startAll(workload: Workload, places: Places, entries: Entry[]): Promise<number> {
  const starts = [
    () => Direct.start(workload),
    () => Heterodyne.start('embedded', places.embedded, workload),
    () => Heterodyne.start('over NATS', places.cluster.core, workload),
  ];
  let outputBytes = 0;
  for (const start of starts) {
    const entry = newEntry(await start());
    entries.push(entry);
    ({sha256: entry.sha256, outputBytes} = await digestOf(entry.contender, workload));
  }
  const different = entries.find(({sha256}) => sha256 !== entries[0]?.sha256);
  if (different !== undefined) {
    throw new Error(`${workload.name}: ${different.contender.name} infers something else`);
  }
  const bare = await BareNats.start(places.cluster.servers, bytesOf(workload), outputBytes);
  entries.push(newEntry(bare));
  return outputBytes;
}

function newEntry(contender: Contender): Entry {
  return {
    ...{contender, sha256: undefined},
    ...{throughputs: [], processorMs: [], p50s: [], latencies: []},
  };
}

async function warmUp(contender: Contender, workload: Workload, {warmUpMs}: Parameters) {
  await measureThroughput(contender, workload, {settleMs: 0, durationMs: warmUpMs});
  await measureLatencies(contender, workload, warmUpMs / 4);
}

async function measure(entry: Entry, workload: Workload, parameters: Parameters): Promise<void> {
  const {settleMs, throughputMs: durationMs, latencyMs} = parameters;
  const times = {settleMs, durationMs};
  const {perSecond, processorMs} = await measureThroughput(entry.contender, workload, times);
  entry.throughputs.push(perSecond);
  entry.processorMs.push(processorMs);
  const latencies = await measureLatencies(entry.contender, workload, latencyMs);
  entry.p50s.push(quantile(latencies, 0.5));
  entry.latencies.push(...latencies);
}

function rowOf({contender, sha256, ...entry}: Entry, entries: readonly Entry[]): Row {
  const [direct, , , bare] = entries;
  const atLeast = (round: number) => (direct?.p50s[round] ?? 0) + (bare?.p50s[round] ?? 0);
  return {
    contender: contender.name,
    throughput: spread(entry.throughputs),
    processorMs: entry.processorMs.some(Number.isNaN) ? null : spread(entry.processorMs),
    throughputRatio: spread(
      entry.throughputs.map((value, round) => value / (direct?.throughputs[round] ?? 0)),
    ),
    p50Ms: spread(entry.p50s),
    p99Ms: quantile(entry.latencies, 0.99),
    p50Ratio: spread(entry.p50s.map((value, round) => value / atLeast(round))),
    ...(sha256 === undefined ? {} : {sha256}),
  };
}

function bytesOf({inputs: [first]}: Workload): number {
  return [...(first?.values() ?? [])].reduce((sum, {data}) => {
    return sum + (ArrayBuffer.isView(data) ? data.byteLength : 0);
  }, 0);
}
