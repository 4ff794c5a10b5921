import {Command} from 'commander';
import {wholeNumber} from '../src/cli/parse-options.js';
import {large, small} from './parameters.js';
import {formatResult} from './report.js';
import {runBench} from './run-bench.js';

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly rounds?: number;
}

const program = new Command('bench')
  .description('Heterodyne beside ONNX Runtime driven directly, and beside bare NATS.')
  .option('--quick', 'small networks for a few seconds: that it runs, not how fast')
  .option('--rounds <count>', 'how often every contender has its turn', wholeNumber(1, 1000))
  .option('--json', 'print one JSON object');

const {quick, json, rounds} = program.parse().opts<Options>();
const defaults = quick ? small : large;
const result = await runBench({...defaults, rounds: rounds ?? defaults.rounds}, line => {
  process.stderr.write(`${line}\n`);
});
process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : formatResult(result)}\n`);
