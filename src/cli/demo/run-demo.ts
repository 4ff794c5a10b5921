import type {StageStats} from '../../../schemas/messages/stage.js';
import type {StageGraph} from '../../../schemas/stage-graph.js';
import type {Core} from '../../app/core.js';
import {systemClock, systemRandom} from '../../app/system-world.js';
import type {ExecutableNetwork} from '../../client/executable-network.js';
import {PrePostProcessor} from '../../client/pre-post-processor.js';
import {invariant} from '../../errors.js';
import {LatencyStatistics, type LatencySummary} from '../latency-statistics.js';
import {runLoad} from '../run-load.js';
import {type Digits, pixelMax} from './digits.js';

export interface DemoResult {
  readonly stageGraph: StageGraph;
  /** By image, the probability of each digit. */
  readonly probabilities: readonly Float32Array[];
  readonly statistics: readonly StageStats[];
  readonly latency: LatencySummary;
  /** Images a second. */
  readonly throughput: number;
}

/** In flight at once. */
export const requests = 64;
/** The last operation of the first block; what follows it runs on the second device. */
const cutAfter = 'pool1';

/** Loads the digits network over two devices and classifies every image with it. */
export async function runDemo(
  core: Core,
  digits: Digits,
  on: {loaded(executable: ExecutableNetwork): void; done(count: number): void},
): Promise<DemoResult> {
  const executable = await load(core, digits.networkPath);
  on.loaded(executable);
  const probabilities: Float32Array[] = [];
  const latencies = new LatencyStatistics(systemRandom);
  let done = 0;
  const {count, elapsedMs} = await runLoad(executable, {
    requests,
    inferencesMax: digits.images.length,
    durationMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    inputsOf(inference) {
      const image = digits.images[inference];
      invariant(image !== undefined, `there is no image ${inference}`);
      return {image};
    },
    onDone(inference, {logits}, latencyMs) {
      probabilities[inference] = logits?.data as Float32Array;
      latencies.add(latencyMs);
      on.done(++done);
    },
  });
  const latency = latencies.summary();
  invariant(latency !== undefined, 'no image was classified');
  const statistics = await executable.getStageStatistics();
  const {stageGraph} = executable;
  await executable.release();
  const throughput = (count / elapsedMs) * 1000;
  return {stageGraph, probabilities, statistics, latency, throughput};
}

async function load(core: Core, path: string): Promise<ExecutableNetwork> {
  const network = await core.readNetwork(path);
  const cut = network.operations.findIndex(({name}) => name === cutAfter);
  for (const [index, {name}] of network.operations.entries()) {
    network.setAffinity(name, index <= cut ? 'WASM' : 'CPU');
  }
  const steps = new PrePostProcessor();
  steps
    .input('image')
    .tensor({type: 'u8', layout: 'NHWC'})
    .convertElementType('f32')
    .scale(pixelMax)
    .convertLayout('NCHW');
  steps.output('logits').softmax(1);
  return core.loadNetwork(network, 'HETERO:WASM,CPU', {}, {preprocessing: steps.build()});
}
