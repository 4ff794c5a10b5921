import {Core} from '../../src/index.js';
import {floats, line} from '../support/cluster-networks.js';

/* Loads a network, keeps requests in flight, says so, and never ends by itself. */

const [servers = ''] = process.argv.slice(2);
const core = await Core.connect({servers});
const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU');
const results = Array.from({length: 64}, async (_, each) => {
  const request = executable.createInferRequest();
  for (;;) {
    await request.infer({x: floats([each, 0], 2)});
    if (each === 0) process.send?.('running');
  }
});
await Promise.all(results);
