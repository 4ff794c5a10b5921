#!/usr/bin/env node
import {createProgram} from './program.js';
import {describeError, systemConsole} from './report.js';

const endTimeoutMs = 5000;

const console = systemConsole();

// Whoever read the result has seen enough of it, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await createProgram(console).parseAsync();
} catch (error) {
  const verbose = process.argv.includes('--verbose') || process.argv.includes('-v');
  console.note(describeError(error, verbose));
  process.exitCode = 1;
  // What could not be closed does not keep a command that has failed.
  setTimeout(() => process.exit(), endTimeoutMs).unref();
}
