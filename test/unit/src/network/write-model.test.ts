import test from 'ava';
import {parseModel} from '../../../../src/network/parse-model.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';

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
