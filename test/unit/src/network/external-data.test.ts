import test from 'ava';
import {externalLocations, externalTensors} from '../../../../src/network/external-data.js';
import {parseModel} from '../../../../src/network/parse-model.js';
import {externalNetwork, externalTensorProto} from '../../../support/external-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';

test('external tensors are found in initializers and in bodies, with their ranges', t => {
  const model = parseModel(externalNetwork().bytes);
  t.deepEqual(externalLocations(model), ['a.bin', 'folder/b.bin']);
  t.deepEqual(
    externalTensors(model).map(({location, offset, length}) => [location, offset, length]),
    [
      ['a.bin', 8, 16],
      ['a.bin', 8, 16],
      ['folder/b.bin', 0, 16],
      ['folder/b.bin', 0, 16],
    ],
  );
});

test('external tensors are found in attributes, in functions too', t => {
  const value = (location: string) => externalTensorProto([2], {location});
  const model = new NetworkBuilder()
    .function(
      'local.F',
      '',
      'c',
      new NetworkBuilder().node('Constant', '', 'c', {value: value('f')}),
    )
    .node('Constant', '', 'y', {value: value('y')})
    .output('y')
    .model();
  t.deepEqual(externalLocations(model), ['y', 'f']);
});
