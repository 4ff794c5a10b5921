import test from 'ava';
import {openNetwork} from '../../../src/client/network.js';
import {line} from '../../support/cluster-networks.js';

test('states that are no list of pairs are refused by what is expected', async t => {
  const network = await openNetwork(line([2]));
  for (const states of [null, {output: 'y', input: 'x'}, [null], ['y']]) {
    t.throws(() => network.setState(states as never), {
      code: 'INVALID_ARGUMENT',
      message: /states: expected a list of \{output, input\}, given/,
    });
  }
  t.throws(() => network.setState([{} as never]), {code: 'UNKNOWN_INPUT', message: /undefined/});
  t.deepEqual(network.states, []);
});
