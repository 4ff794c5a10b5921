import {createLocalTransport} from '../../src/wire/local-transport.js';
import {conformsToTransport} from './transport.js';

conformsToTransport('local transport', async (t, frameBytesMax) => {
  const transport = createLocalTransport({frameBytesMax});
  t.teardown(() => transport.close());
  return {near: transport, far: transport};
});
