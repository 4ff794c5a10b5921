import test from 'ava';
import {Core} from '../../src/index.js';
import {floats} from '../support/cluster-networks.js';
import {NetworkBuilder} from '../support/network-builder.js';

/** TEMPLATE has no Det: everything behind it reads what TEMPLATE cannot know by itself. */
const behind = new NetworkBuilder('behind')
  .input('x', 'f32', ['n', 2, 2])
  .node('Abs', 'x', 'a')
  .node('Det', 'a', 'd')
  .node('Neg', 'd', 'e')
  .node('Cast', 'e', 'g', {to: 7n})
  .node('Abs', 'g', 'y')
  .output('y', 'i64', ['n'])
  .bytes();

test('a device that lacks one operation runs those behind it', async t => {
  const core = await Core.embedded({devices: ['CPU', 'TEMPLATE']});
  t.teardown(() => core.close());
  const network = await core.readNetwork(behind);
  const placements = await core.queryNetwork(network, 'HETERO:TEMPLATE,CPU');
  t.deepEqual(
    [...placements.values()].map(placed => ('device' in placed ? placed.device : null)),
    ['TEMPLATE', 'CPU', 'TEMPLATE', 'TEMPLATE', 'TEMPLATE'],
  );
  const executable = await core.loadNetwork(network, 'HETERO:TEMPLATE,CPU');
  t.is(executable.stageGraph.stages.length, 3);
  const x = {...floats([2, 0, 0, -3]), shape: [1, 2, 2]};
  const {y} = await executable.createInferRequest().infer({x});
  t.deepEqual(y?.data, BigInt64Array.of(6n));
});
