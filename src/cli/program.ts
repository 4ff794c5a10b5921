import {Command} from 'commander';
import {packageVersion} from '../app/package-version.js';
import {benchmarkCommand} from './commands/benchmark.js';
import {conformanceCommand} from './commands/conformance.js';
import {coordinatorCommand} from './commands/coordinator.js';
import {createPluginCommand} from './commands/create-plugin.js';
import {demoCommand} from './commands/demo.js';
import {devicesCommand} from './commands/devices.js';
import {explainCommand} from './commands/explain.js';
import {exportCommand} from './commands/export.js';
import {healthCommand} from './commands/health.js';
import {inferCommand} from './commands/infer.js';
import {nodeCommand} from './commands/node.js';
import {quantizeCommand} from './commands/quantize.js';
import {queryCommand} from './commands/query.js';
import {topCommand} from './commands/top.js';
import {upCommand} from './commands/up.js';
import type {Console} from './report.js';

const commands = [
  upCommand,
  coordinatorCommand,
  nodeCommand,
  devicesCommand,
  topCommand,
  queryCommand,
  explainCommand,
  inferCommand,
  benchmarkCommand,
  quantizeCommand,
  exportCommand,
  conformanceCommand,
  createPluginCommand,
  demoCommand,
  healthCommand,
];

/** The whole command line; results and notes go to `console`, errors to who parses with it. */
export function createProgram(console: Console): Command {
  const program = new Command('heterodyne')
    .description('One neural network over many devices on many hosts.')
    .version(packageVersion())
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', '\nExample:\n  $ heterodyne demo\n');
  for (const make of commands) program.addCommand(make(console).copyInheritedSettings(program));
  return program;
}
