import {readFile} from 'node:fs/promises';
import {Core, Tensor} from 'heterodyne';

const core = await Core.embedded(); // or a cluster: Core.connect({servers: 'nats://host:4222'})
const network = await core.readNetwork('examples/digits/digits.onnx');
for (const [index, {name}] of network.operations.entries()) {
  network.setAffinity(name, index < 10 ? 'WASM' : 'CPU'); // by hand; without this, by the policy
}
const executable = await core.loadNetwork(network, 'HETERO:WASM,CPU');
for (const {name, operations} of executable.stageGraph.stages) console.log(name, operations.join());

const pixels = (await readFile('examples/digits/images.npy')).subarray(-64); // the last image
const image = new Tensor(
  'f32',
  [1, 1, 8, 8],
  Float32Array.from(pixels, grey => grey / 16),
);
const {logits} = await executable.createInferRequest().infer({image}, {timeoutMs: 30_000});
const scores = Array.from(logits?.data as Float32Array);
console.log('it is a', scores.indexOf(Math.max(...scores)));
await core.close();
