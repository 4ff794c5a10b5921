import {Command} from 'commander';
import {systemClock} from '../../app/system-world.js';
import {Closers} from '../closers.js';
import {type ClusterOptions, withClusterOptions} from '../cluster-options.js';
import {type DemoCluster, joinDemoCluster, startDemoCluster} from '../demo/demo-cluster.js';
import {type DemoReport, demoReport} from '../demo/demo-report.js';
import {describeFigures, describeImages, describeStages} from '../demo/describe-demo.js';
import {readDigits} from '../demo/digits.js';
import {referenceProbabilities} from '../demo/reference.js';
import {runDemo} from '../demo/run-demo.js';
import {ProgressBar} from '../progress-bar.js';
import type {Console} from '../report.js';
import {untilSignal} from '../until-signal.js';

interface Options extends ClusterOptions {
  readonly json?: boolean;
}

/** `heterodyne demo`. */
export function demoCommand(console: Console): Command {
  return withClusterOptions(new Command('demo'), 'one is started, of separate processes')
    .description('classify handwritten digits on a CPU and a WASM device: the whole path, for real')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ heterodyne demo --json\n')
    .action(async (options: Options) => {
      const interrupted = untilSignal();
      const closers = new Closers();
      const quiet = options.json === true;
      const work = openCluster(options, console, closers).then(cluster =>
        Promise.race([demonstrate(cluster, console, quiet), cluster.died]),
      );
      try {
        const report = await Promise.race([work, interrupted.then(() => undefined)]);
        if (report !== undefined && quiet) console.print(JSON.stringify(report, undefined, 2));
        if (report?.matchesReference === false) process.exitCode = 1;
        if (report !== undefined) return;
      } finally {
        await closers.close();
      }
      process.exit(await interrupted);
    });
}

function openCluster(options: Options, console: Console, closers: Closers): Promise<DemoCluster> {
  const {servers} = options;
  return servers === undefined
    ? startDemoCluster(console, closers)
    : joinDemoCluster({...options, servers}, closers);
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
