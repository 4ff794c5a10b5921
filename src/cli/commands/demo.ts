import {Command, Option} from 'commander';
import {systemClock} from '../../app/system-world.js';
import {type DemoCluster, joinDemoCluster, startDemoCluster} from '../demo/demo-cluster.js';
import {type DemoReport, demoReport} from '../demo/demo-report.js';
import {describeFigures, describeImages, describeStages} from '../demo/describe-demo.js';
import {readDigits} from '../demo/digits.js';
import {referenceProbabilities} from '../demo/reference.js';
import {runDemo} from '../demo/run-demo.js';
import {ProgressBar} from '../progress-bar.js';
import type {Console} from '../report.js';
import {untilSignal} from '../until-signal.js';

interface Options {
  readonly servers?: string;
  readonly cluster: string;
  readonly json?: boolean;
}

/** `heterodyne demo`. */
export function demoCommand(console: Console): Command {
  return new Command('demo')
    .description('classify handwritten digits on two devices: the whole path, for real')
    .addOption(
      new Option(
        '-s, --servers <urls>',
        'a cluster with a CPU and a WASM device; none: one is started, of separate processes',
      ).env('HETERODYNE_SERVERS'),
    )
    .option('--cluster <name>', 'name of the cluster on these servers', 'default')
    .option('--json', 'print one JSON object')
    .option('-v, --verbose', 'stack traces of errors')
    .addHelpText('after', '\nExample:\n  $ heterodyne demo --json\n')
    .action(async (options: Options) => {
      const {servers} = options;
      const quiet = options.json === true;
      const cluster =
        servers === undefined
          ? await startDemoCluster(console)
          : await joinDemoCluster({...options, servers});
      try {
        const work = demonstrate(cluster, console, quiet);
        const report = await Promise.race([work, cluster.died, untilSignal()]);
        if (report === undefined) process.exitCode = 130;
        else if (quiet) console.print(JSON.stringify(report, undefined, 2));
        if (report?.matchesReference === false) process.exitCode = 1;
      } finally {
        await cluster.close();
      }
    });
}

async function demonstrate(
  {core, servers}: DemoCluster,
  console: Console,
  quiet: boolean,
): Promise<DemoReport> {
  const {style} = console;
  const print = (text: string) => {
    if (!quiet) console.print(text);
  };
  const digits = await readDigits();
  const devices = await core.getDeviceDescriptions();
  print(`${style.bold('Devices')} found through ${servers}`);
  for (const {name, fullName} of devices) print(`  ${style.cyan(name)}  ${fullName}`);
  const bar = new ProgressBar({
    label: 'Classifying',
    total: digits.images.length,
    terminal: quiet ? {...console.err, isTty: false} : console.err,
    clock: systemClock,
    write: console.draw,
  });
  const result = await runDemo(core, digits, {
    loaded({stageGraph}) {
      print(`\n${style.bold('Stage graph')} of HETERO:WASM,CPU`);
      print(`${describeStages(stageGraph)}\n`);
    },
    done: count => bar.update(count),
  });
  bar.finish();
  print(`\n${describeImages(digits, result, console)}\n`);
  const reference = await referenceProbabilities(digits);
  const report = demoReport(digits, devices, result, reference);
  print(describeFigures(report, console));
  return report;
}
