import {Command, Option} from 'commander';
import {systemClock, systemRandom} from '../../app/system-world.js';
import type {ExecutableNetwork} from '../../client/executable-network.js';
import type {Inputs} from '../../client/infer-request.js';
import type {PerformanceCounts} from '../../client/performance-counts.js';
import type {Config} from '../../plugin/plugin.js';
import {averageCounts} from '../benchmark/average-counts.js';
import {
  type BenchmarkReport,
  benchmarkReport,
  formatBenchmark,
} from '../benchmark/benchmark-report.js';
import {countInferences} from '../benchmark/count-inferences.js';
import {type CounterOrder, counterOrders, countersTable} from '../benchmark/counters-table.js';
import {execGraphPath, writeExecGraph} from '../benchmark/exec-graph.js';
import {type ReportType, reportTypes, writeReportFiles} from '../benchmark/report-files.js';
import {type ClusterOptions, withCore, withLoadOptions} from '../cluster-options.js';
import {LatencyStatistics} from '../latency-statistics.js';
import {type LoadableOptions, openLoadable} from '../loadable.js';
import {withAffinityOption, withLoadableOptions} from '../model-options.js';
import {seconds, wholeNumber} from '../parse-options.js';
import {ProgressBar} from '../progress-bar.js';
import {randomTensor} from '../random-tensor.js';
import type {Console} from '../report.js';
import {runLoad} from '../run-load.js';
import {makeFolder} from '../write-result.js';

interface Options extends ClusterOptions, LoadableOptions {
  readonly time?: number;
  readonly number?: number;
  readonly nireq?: number;
  readonly nstreams?: string;
  readonly hint: 'latency' | 'throughput' | 'none';
  readonly json?: boolean;
  readonly latencyPercentile?: number;
  readonly report?: ReportType;
  readonly reportFolder: string;
  readonly pc?: boolean;
  readonly pcSort: CounterOrder;
  readonly execGraph?: string;
}

interface Measured {
  readonly report: BenchmarkReport;
  readonly counts: readonly PerformanceCounts[];
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
    .option('--latency-percentile <percent>', 'one more to tell', wholeNumber(1, 100))
    .addOption(
      new Option(
        '--report <type>',
        'write CSV and JSON: without counters, by operation, or of each',
      ).choices(reportTypes),
    )
    .option('--report-folder <folder>', 'where the report goes', '.')
    .option('--pc', 'print what each operation and each stage took')
    .addOption(
      new Option('--pc-sort <order>', 'how that is sorted')
        .choices(counterOrders)
        .default('no_sort'),
    )
    .option('--exec-graph <file>', 'write the runtime graph: .onnx, .dot or .svg', execGraphPath)
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne benchmark model.onnx -d CPU -t 5 --pc --report detailed\n',
    )
    .action(async (model: string, options: Options) => {
      const config = configOf(options);
      // What cannot be written is told before anything is measured.
      if (options.report !== undefined) await makeFolder(options.reportFolder);
      const loadable = await openLoadable(model, {...options, config});
      await withCore({...options, device: loadable.device}, async core => {
        const executable = await loadable.load(core, config);
        const {report, counts} = await measure(executable, options, console);
        console.print(
          options.json ? JSON.stringify(report, undefined, 2) : formatBenchmark(report),
        );
        await tellCounts(executable, {options, report, counts, console});
      });
    });
}

function configOf(options: Options): Config {
  const {hint, nstreams, config} = options;
  return {
    ...(hint === 'none' ? {} : {PERFORMANCE_HINT: hint.toUpperCase()}),
    ...(nstreams === undefined ? {} : {NUM_STREAMS: nstreams}),
    ...config,
    ...(needsCounts(options) ? {PERF_COUNT: true} : {}),
  };
}

function needsCounts({report = 'none', pc, execGraph}: Options): boolean {
  return report !== 'none' || pc === true || execGraph !== undefined;
}

async function measure(
  executable: ExecutableNetwork,
  options: Options,
  console: Console,
): Promise<Measured> {
  const requests = options.nireq ?? requestsOf[options.hint];
  const inputs: Inputs = Object.fromEntries(
    executable.inputs.map(info => [info.name, randomTensor(info, 0)]),
  );
  const firstAt = systemClock.now();
  await executable.createInferRequest().infer(inputs, {profile: false});
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
  const {latencyPercentile} = options;
  const percentiles = latencyPercentile === undefined ? [] : [latencyPercentile];
  const setting = {firstInferenceMs, requests, percentiles};
  const counting = {requests, inputs, clock: systemClock};
  return {
    report: benchmarkReport(result, statistics, setting),
    counts: needsCounts(options) ? await countInferences(executable, counting) : [],
  };
}

function durationMsOf({time, number}: Options): number {
  if (time !== undefined) return time * 1000;
  return number === undefined ? durationSecondsDefault * 1000 : Number.POSITIVE_INFINITY;
}

async function tellCounts(
  executable: ExecutableNetwork,
  {
    options,
    report: statistics,
    counts,
    console,
  }: Measured & {
    readonly options: Options;
    readonly console: Console;
  },
): Promise<void> {
  const {report: type, reportFolder: folder, pc, pcSort, execGraph, json} = options;
  // With --json, what is printed is that object alone.
  const print = json ? console.note : console.print;
  if (pc) print(`\n${countersTable(averageCounts(counts), pcSort)}`);
  if (type !== undefined) {
    const paths = await writeReportFiles({type, folder, statistics, counts});
    console.note(`Wrote ${paths.join(' and ')}`);
  }
  if (execGraph === undefined) return;
  await writeExecGraph(execGraph, await executable.getRuntimeGraph());
  console.note(`Wrote ${execGraph}`);
}
