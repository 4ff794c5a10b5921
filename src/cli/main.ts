#!/usr/bin/env node
import {Command} from 'commander';
import {packageVersion} from '../app/package-version.js';
import {benchmarkCommand} from './commands/benchmark.js';
import {coordinatorCommand} from './commands/coordinator.js';
import {demoCommand} from './commands/demo.js';
import {devicesCommand} from './commands/devices.js';
import {explainCommand} from './commands/explain.js';
import {healthCommand} from './commands/health.js';
import {inferCommand} from './commands/infer.js';
import {nodeCommand} from './commands/node.js';
import {queryCommand} from './commands/query.js';
import {upCommand} from './commands/up.js';
import {describeError, systemConsole} from './report.js';

const console = systemConsole();

const program = new Command('heterodyne')
  .description('One neural network over many devices on many hosts.')
  .version(packageVersion())
  .showHelpAfterError('(--help tells more)');

for (const command of [
  upCommand(console),
  coordinatorCommand(console),
  nodeCommand(console),
  devicesCommand(console),
  queryCommand(console),
  explainCommand(console),
  inferCommand(console),
  benchmarkCommand(console),
  demoCommand(console),
  healthCommand(console),
]) {
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  const verbose = process.argv.includes('--verbose') || process.argv.includes('-v');
  console.note(describeError(error, verbose));
  process.exitCode = 1;
}
