import test from 'ava';
import {small} from '../../bench/parameters.js';
import {formatResult} from '../../bench/report.js';
import {runBench} from '../../bench/run-bench.js';

test('the bench runs with its small parameters, and all that infers infers the same', async t => {
  const result = await runBench(small, () => {});
  const names = result.workloads.map(({workload}) => workload);
  t.deepEqual(names, ['tiny', 'residual']);
  for (const {rows, outputBytes, workload} of result.workloads) {
    t.deepEqual(
      rows.map(({contender}) => contender),
      ['direct', 'embedded', 'over NATS', 'bare NATS'],
    );
    t.true(rows.every(({throughput, p99Ms}) => throughput.median > 0 && p99Ms > 0));
    t.true(outputBytes > 0);
    t.is(new Set(rows.flatMap(({sha256}) => sha256 ?? [])).size, 1);
    t.regex(formatResult(result), new RegExp(`^${workload}: `, 'm'));
  }
});
