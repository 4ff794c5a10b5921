import type {Behaviour} from './behaviour.js';
import {BehaviourFault, expectRefused, expectSame} from './behaviour-fault.js';
import {floats, line, unheard} from './behaviour-networks.js';

const area = 'queries';

export const queries: readonly Behaviour[] = [
  {
    area,
    name: 'every operation of a plain network has a device, and the network loads there',
    async run(bench) {
      const network = await bench.core.readNetwork(line());
      const placed = await bench.core.queryNetwork(network, bench.device);
      for (const {name} of network.operations) {
        const placement = placed.get(name);
        if (placement !== undefined && 'device' in placement) continue;
        throw new BehaviourFault(`${name}: expected a device, given ${JSON.stringify(placement)}`);
      }
      const {y} = await (await bench.load(line()))
        .createInferRequest()
        .infer({x: floats([1, 2], [1, 2])});
      expectSame('output', y?.data, Float32Array.of(3, 5));
    },
  },
  {
    area,
    name: 'an operation that nobody knows is refused with a reason, and only that one',
    async run(bench) {
      const network = await bench.core.readNetwork(unheard());
      const placed = await bench.core.queryNetwork(network, bench.device);
      const [known, unknown] = network.operations.map(({name}) => placed.get(name));
      if (known === undefined || !('device' in known)) {
        throw new BehaviourFault(`Relu: expected a device, given ${JSON.stringify(known)}`);
      }
      const reasons = unknown !== undefined && 'reasons' in unknown ? unknown.reasons : {};
      if (Object.values(reasons).some(reason => reason !== '')) return;
      throw new BehaviourFault(`Unheard: expected a reason, given ${JSON.stringify(unknown)}`);
    },
  },
  {
    area,
    name: 'a network that it cannot run is refused, and does no harm to others',
    async run(bench) {
      const request = (await bench.load(line())).createInferRequest();
      await expectRefused('a load', 'UNSUPPORTED_OPERATIONS', () => bench.load(unheard()));
      const {y} = await request.infer({x: floats([1, 2], [1, 2])});
      expectSame('output', y?.data, Float32Array.of(3, 5));
    },
  },
];
