import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Command, Option} from 'commander';
import {locatePlugin} from '../../app/plugin-module.js';
import {createPlugin} from '../../app/plugins.js';
import {systemClock} from '../../app/system-world.js';
import {InferenceError} from '../../errors.js';
import {type ClusterOptions, connectOptions, withClusterOptions} from '../cluster-options.js';
import {namesOfBehaviours, runBehaviours} from '../conformance/behaviour/run-behaviours.js';
import type {CaseSettings} from '../conformance/case-messages.js';
import type {CaseResult} from '../conformance/case-result.js';
import {
  type CaseGroup,
  type ConformanceReport,
  caseGroups,
  conformanceReport,
  conforms,
} from '../conformance/conformance-report.js';
import {type CaseFolder, findCases} from '../conformance/find-cases.js';
import {reportHtml} from '../conformance/report-html.js';
import {reportText} from '../conformance/report-text.js';
import {runCases} from '../conformance/run-cases.js';
import {seconds, wholeNumber} from '../parse-options.js';
import {ProgressBar} from '../progress-bar.js';
import type {Console} from '../report.js';
import {makeFolder, writeResult} from '../write-result.js';

interface Options extends ClusterOptions {
  readonly device?: string;
  readonly plugin?: string;
  readonly tests?: string;
  readonly only?: CaseGroup;
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
    .description(
      "try how a device behaves, and run ONNX's backend tests on it, undivided and cut at every edge",
    )
    .option('-d, --device <device>', 'a device: CPU, host-a/CPU; that of --plugin if not given')
    .option('--plugin <module>', 'try a plugin by its path or package name, in this process')
    .option('--tests <dir>', 'folders with model.onnx and test_data_set_* anywhere below')
    .addOption(
      new Option('--only <group>', 'one of the two; operations need --tests').choices(caseGroups),
    )
    .option('--filter <text>', 'only cases whose path or sentence holds this')
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
      '\nExamples:\n  $ heterodyne conformance --plugin ./my-plugin.js\n' +
        '  $ heterodyne conformance -d WASM --cut-with CPU ' +
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
  const settings = await settingsOf(options);
  const names = options.only === 'operations' ? [] : namesOfBehaviours(options.filter);
  const cases = options.only === 'behaviour' ? [] : await casesOf(options);
  if (names.length + cases.length === 0) {
    const text = `expected behaviours or folders with a model.onnx that hold '${options.filter}'`;
    throw new InferenceError('INVALID_ARGUMENT', `${text}, found none`);
  }
  const bar = new ProgressBar({
    label: 'Testing',
    total: names.length + cases.length,
    terminal: console.err,
    clock: systemClock,
    write: console.draw,
  });
  const startedAt = systemClock.now();
  const stepTimeoutMs = settings.inferTimeoutMs + graceMs;
  let done = 0;
  const onResult = ({name, outcome, message}: CaseResult) => {
    bar.update(++done);
    if (options.verbose) console.note(`${outcome} ${name}${message && `: ${message}`}`);
  };
  const behaviours = await runBehaviours(names, {settings, stepTimeoutMs, onResult});
  const {results, ...used} = await runCases(cases, {
    ...{settings, stepTimeoutMs, onResult},
    processes: options.jobs,
  });
  bar.finish();
  const durationMs = Math.round(systemClock.now() - startedAt);
  return conformanceReport({
    ...{device: settings.device, ...used, durationMs},
    ...{behaviours, cases: results},
  });
}

async function settingsOf(options: Options): Promise<CaseSettings> {
  const {servers} = options;
  const plugin = options.plugin === undefined ? null : locatePlugin(options.plugin, process.cwd());
  if (plugin !== null && servers !== undefined) {
    const text = '--plugin is tried in this process: expected no --servers beside it';
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const device = options.device ?? (plugin === null ? undefined : await kindOf(plugin));
  if (device === undefined) {
    throw new InferenceError('INVALID_ARGUMENT', 'expected --device, or --plugin');
  }
  return {
    ...{device, plugin, cutWith: options.cutWith ?? null, noCuts: !options.cuts},
    connect: servers === undefined ? null : connectOptions({...options, servers}, 'conformance'),
    inferTimeoutMs: options.timeout * 1000,
  };
}

async function kindOf(address: string): Promise<string> {
  const plugin = await createPlugin(address);
  await plugin.close();
  return plugin.name;
}

async function casesOf({tests, only, filter}: Options): Promise<readonly CaseFolder[]> {
  if (tests !== undefined) return findCases(tests, filter);
  if (only === undefined) return [];
  throw new InferenceError('INVALID_ARGUMENT', 'expected --tests with operations');
}

async function write(report: ConformanceReport, folder: string): Promise<void> {
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  await writeResult(join(folder, 'conformance.json'), json);
  await writeResult(join(folder, 'conformance.html'), reportHtml(report));
}
