import test from 'ava';
import {readNetwork} from '../../../src/network/read-network.js';
import {randomNetwork} from '../../support/random-network.js';
import {runModel} from '../../support/run-model.js';

test('the same seed gives the same network and inputs', t => {
  t.deepEqual(randomNetwork(11), randomNetwork(11));
  t.notDeepEqual(randomNetwork(11), randomNetwork(12));
});

test('ONNX Runtime runs every random network, and its values stay tame', async t => {
  for (let seed = 300; seed < 360; seed++) {
    const {bytes, inputs} = randomNetwork(seed, {continuous: seed % 2 === 0});
    for (const {data} of (await runModel(bytes, inputs)).values()) {
      const numbers = [...data].filter(value => typeof value !== 'string');
      const wild = numbers.find(value => !(Math.abs(Number(value)) < 1000));
      t.is(wild, undefined, `seed ${seed}`);
    }
  }
});

test('random networks hold what makes splitting hard', t => {
  const networks = Array.from({length: 60}, (_, seed) => readNetwork(randomNetwork(seed).bytes));
  const graphs = networks.map(network => network.graph);
  const types = new Set(graphs.flatMap(graph => graph.operations.map(({type}) => type)));
  for (const type of [
    'If',
    'Loop',
    'Scan',
    'SequenceAt',
    'Split',
    'local.Blend',
    'Where',
    'Equal',
  ]) {
    t.true(types.has(type), type);
  }
  t.true(graphs.some(graph => graph.overridable.length > 0));
  t.true(graphs.some(graph => graph.inputs.length > 1 && graph.outputs.length > 1));
  const usedOutput = graphs.some(({operations, outputs}) =>
    operations.some(operation => operation.inputs.some(name => outputs.includes(name))),
  );
  t.true(usedOutput);
});
