import {Command, Option} from 'commander';
import {systemClock, systemRandom} from '../../app/system-world.js';
import type {ExecutableNetwork} from '../../client/executable-network.js';
import type {Inputs} from '../../client/infer-request.js';
import {invariant} from '../../errors.js';
import type {Config} from '../../plugin/plugin.js';
import {type ClusterOptions, withCore, withLoadOptions} from '../cluster-options.js';
import {LatencyStatistics, type LatencySummary} from '../latency-statistics.js';
import {type LoadableOptions, openLoadable} from '../loadable.js';
import {withAffinityOption, withLoadableOptions} from '../model-options.js';
import {seconds, wholeNumber} from '../parse-options.js';
import {ProgressBar} from '../progress-bar.js';
import {randomTensor} from '../random-tensor.js';
import type {Console} from '../report.js';
import {type LoadResult, runLoad} from '../run-load.js';

interface Options extends ClusterOptions, LoadableOptions {
  readonly time?: number;
  readonly number?: number;
  readonly nireq?: number;
  readonly nstreams?: string;
  readonly hint: 'latency' | 'throughput' | 'none';
  readonly json?: boolean;
}

interface Report {
  readonly count: number;
  readonly durationMs: number;
  readonly latencyMs: {
    readonly median: number;
    readonly average: number;
    readonly min: number;
    readonly max: number;
    readonly p99: number;
  };
  readonly throughput: number;
  readonly firstInferenceMs: number;
  readonly requests: number;
}

const durationSecondsDefault = 10;
const requestsOf = {latency: 1, throughput: 16, none: 4} as const;

/** `heterodyne benchmark`, after OpenVINO's benchmark_app. */
export function benchmarkCommand(console: Console): Command {
  return withLoadOptions(withAffinityOption(withLoadableOptions(new Command('benchmark'))))
    .description('measure latency and throughput of a network with random inputs')
    .option('-t, --time <seconds>', `how long; without -n: ${durationSecondsDefault}`, seconds)
    .option('-n, --number <count>', 'how many inferences', wholeNumber(1, 1e9))
    .option('--nireq <count>', 'infer requests in flight', wholeNumber(1, 65_536))
    .option('--nstreams <count>', 'inferences that run at once on each stage, or AUTO')
    .addOption(
      new Option('--hint <hint>', 'what to tune for')
        .choices(['latency', 'throughput', 'none'])
        .default('throughput'),
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ heterodyne benchmark model.onnx -d CPU -t 5 --nireq 8\n')
    .action(async (model: string, options: Options) => {
      const config = configOf(options);
      const loadable = await openLoadable(model, {...options, config});
      await withCore({...options, device: loadable.device}, async core => {
        const executable = await loadable.load(core, config);
        const report = await measure(executable, options, console);
        console.print(options.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
      });
    });
}

function configOf({hint, nstreams, config}: Options): Config {
  return {
    ...(hint === 'none' ? {} : {PERFORMANCE_HINT: hint.toUpperCase()}),
    ...(nstreams === undefined ? {} : {NUM_STREAMS: nstreams}),
    ...config,
  };
}

async function measure(
  executable: ExecutableNetwork,
  options: Options,
  console: Console,
): Promise<Report> {
  const requests = options.nireq ?? requestsOf[options.hint];
  const inputs: Inputs = Object.fromEntries(
    executable.inputs.map(info => [info.name, randomTensor(info, 0)]),
  );
  const firstAt = systemClock.now();
  await executable.createInferRequest().infer(inputs);
  const firstInferenceMs = systemClock.now() - firstAt;
  const statistics = new LatencyStatistics(systemRandom);
  const durationMs = durationMsOf(options);
  const startedAt = systemClock.now();
  const bar = new ProgressBar({
    label: 'Measuring',
    total: options.number ?? Math.round(durationMs / 1000),
    terminal: console.err,
    clock: systemClock,
    write: console.draw,
  });
  const result = await runLoad(executable, {
    requests,
    inferencesMax: options.number ?? Number.POSITIVE_INFINITY,
    durationMs,
    clock: systemClock,
    inputsOf: () => inputs,
    onDone(inference, _outputs, latencyMs) {
      statistics.add(latencyMs);
      const elapsed = Math.floor((systemClock.now() - startedAt) / 1000);
      bar.update(options.number === undefined ? elapsed : inference + 1);
    },
  });
  bar.finish();
  const summary = statistics.summary();
  invariant(summary !== undefined, 'a load without an inference');
  return makeReport(result, summary, {firstInferenceMs, requests});
}

function durationMsOf({time, number}: Options): number {
  if (time !== undefined) return time * 1000;
  return number === undefined ? durationSecondsDefault * 1000 : Number.POSITIVE_INFINITY;
}

function makeReport(
  {count, elapsedMs}: LoadResult,
  latency: LatencySummary,
  setting: {readonly firstInferenceMs: number; readonly requests: number},
): Report {
  return {
    count,
    durationMs: elapsedMs,
    latencyMs: {
      median: latency.medianMs,
      average: latency.averageMs,
      min: latency.minMs,
      max: latency.maxMs,
      p99: latency.p99Ms,
    },
    throughput: (count / elapsedMs) * 1000,
    ...setting,
  };
}

function formatReport({count, durationMs, latencyMs, throughput, ...setting}: Report): string {
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  return [
    `First inference took ${ms(setting.firstInferenceMs)}`,
    `Requests in flight:  ${setting.requests}`,
    `Count:               ${count} inferences`,
    `Duration:            ${ms(durationMs)}`,
    'Latency:',
    `   Median:           ${ms(latencyMs.median)}`,
    `   Average:          ${ms(latencyMs.average)}`,
    `   Min:              ${ms(latencyMs.min)}`,
    `   Max:              ${ms(latencyMs.max)}`,
    `   99th percentile:  ${ms(latencyMs.p99)}`,
    `Throughput:          ${throughput.toFixed(2)} inferences/s`,
  ].join('\n');
}
