import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Command} from 'commander';
import {systemClock} from '../../app/system-world.js';
import {InferenceError} from '../../errors.js';
import {type ClusterOptions, connectOptions, withClusterOptions} from '../cluster-options.js';
import {
  type ConformanceReport,
  conformanceReport,
  conforms,
} from '../conformance/conformance-report.js';
import {findCases} from '../conformance/find-cases.js';
import {reportHtml} from '../conformance/report-html.js';
import {reportText} from '../conformance/report-text.js';
import {runCases} from '../conformance/run-cases.js';
import {seconds, wholeNumber} from '../parse-options.js';
import {ProgressBar} from '../progress-bar.js';
import type {Console} from '../report.js';
import {makeFolder, writeResult} from '../write-result.js';

interface Options extends ClusterOptions {
  readonly device: string;
  readonly tests: string;
  readonly report?: string;
  readonly filter?: string;
  readonly timeout: number;
  readonly jobs: number;
  readonly cutWith?: string;
  readonly cuts: boolean;
  readonly json?: boolean;
}

const stepSecondsDefault = 60;
const jobsDefault = Math.min(2, availableParallelism());
const jobsMax = 64;
/** What a process that runs cases has left to tell its last error itself. */
const graceMs = 5000;

/** `heterodyne conformance`. */
export function conformanceCommand(console: Console): Command {
  return withClusterOptions(new Command('conformance'))
    .description("run ONNX's backend tests on a device, undivided and cut at every edge")
    .requiredOption('-d, --device <device>', 'a device: CPU, host-a/CPU')
    .requiredOption('--tests <dir>', 'folders with model.onnx and test_data_set_* anywhere below')
    .option('--filter <text>', 'only cases whose path holds this')
    .option(
      '--cut-with <device>',
      'takes the other side of every cut; another kind that is there if not given',
    )
    .option('--no-cuts', 'run undivided only')
    .option(
      '--timeout <seconds>',
      'how long one run of a case, undivided or cut, may take',
      seconds,
      stepSecondsDefault,
    )
    .option(
      '--jobs <count>',
      'processes that run cases at the same time',
      wholeNumber(1, jobsMax),
      jobsDefault,
    )
    .option('--report <dir>', 'write conformance.json and conformance.html there')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne conformance -d WASM --cut-with CPU ' +
        '--tests /usr/share/libonnx-testdata/data/node\n',
    )
    .action(async (options: Options) => {
      // At once: a run of an hour is not to end with a folder that cannot be.
      if (options.report !== undefined) await makeFolder(options.report);
      const report = await run(options, console);
      if (options.report !== undefined) await write(report, options.report);
      console.print(
        options.json ? JSON.stringify(report, undefined, 2) : reportText(report, console.style),
      );
      if (!conforms(report)) process.exitCode = 1;
    });
}

async function run(options: Options, console: Console): Promise<ConformanceReport> {
  const {device, tests, filter, servers} = options;
  const cases = await findCases(tests, filter);
  if (cases.length === 0) {
    const wanted = filter === undefined ? '' : ` whose path holds '${filter}'`;
    const text = `${tests}: expected folders with a model.onnx${wanted}, found none`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const bar = new ProgressBar({
    label: 'Testing',
    total: cases.length,
    terminal: console.err,
    clock: systemClock,
    write: console.draw,
  });
  const startedAt = systemClock.now();
  const inferTimeoutMs = options.timeout * 1000;
  const connect =
    servers === undefined ? null : connectOptions({...options, servers}, 'conformance');
  const cutWith = options.cutWith ?? null;
  let done = 0;
  const {results, ...used} = await runCases(cases, {
    settings: {connect, device, cutWith, noCuts: !options.cuts, inferTimeoutMs},
    processes: options.jobs,
    stepTimeoutMs: inferTimeoutMs + graceMs,
    onResult({name, outcome, message}) {
      bar.update(++done);
      if (options.verbose) console.note(`${outcome} ${name}${message && `: ${message}`}`);
    },
  });
  bar.finish();
  const durationMs = Math.round(systemClock.now() - startedAt);
  return conformanceReport({device, ...used, durationMs, cases: results});
}

async function write(report: ConformanceReport, folder: string): Promise<void> {
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  await writeResult(join(folder, 'conformance.json'), json);
  await writeResult(join(folder, 'conformance.html'), reportHtml(report));
}
