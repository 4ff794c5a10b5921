import test from 'ava';
import {parseModel} from '../../../../src/network/parse-model.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {readTensor, tensorProto} from '../../../../src/network/tensor-proto.js';
import {withFields} from '../../../../src/network/with-fields.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';
import {runModel} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

test('what is read and written unchanged has the same bytes', t => {
  for (let seed = 0; seed < 10; seed++) {
    const {bytes} = randomNetwork(seed);
    t.deepEqual(writeModel(parseModel(bytes)), bytes);
  }
});

test('fields that a newer version of the format adds survive', t => {
  const bytes = new NetworkBuilder()
    .input('x', 'f32', [1])
    .node('Relu', 'x', 'y')
    .output('y')
    .bytes();
  // Field 999 of ModelProto, a string: "new".
  const newer = Uint8Array.of(...bytes, 0xba, 0x3e, 3, 0x6e, 0x65, 0x77);
  const written = writeModel(readNetwork(newer).model);
  t.true(Buffer.from(written).includes(Buffer.from([0xba, 0x3e, 3, 0x6e, 0x65, 0x77])));
});

test('heavy weights survive, beside light ones', async t => {
  const heavy = tensorOf('f32', [20_000], new Array(20_000).fill(1.5));
  const w = withFields(tensorProto('w', heavy), {docString: 'heavy'});
  const bytes = new NetworkBuilder()
    .input('x', 'f32', [1])
    .initializer('w', w)
    .initializer('b', tensorOf('f32', [1], [2]))
    .node('Sum', 'x w b', 'y')
    .output('y')
    .bytes();
  const {graph} = parseModel(bytes);
  t.deepEqual(
    graph.initializer.map(({name, docString}) => [name, docString]),
    [
      ['b', ''],
      ['w', 'heavy'],
    ],
  );
  t.deepEqual(readTensor(graph.initializer[1] ?? w), heavy);
  const results = await runModel(bytes, new Map([['x', tensorOf('f32', [1], [1])]]));
  t.is(results.get('y')?.data[19_999], 4.5);
});
