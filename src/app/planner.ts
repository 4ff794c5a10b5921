import type {
  ExtractedPart,
  Inspection,
  PlannerTask,
  WovenNetwork,
} from '../../actors/planner-task.js';
import {TypeInference} from '../../devices/onnxruntime/type-inference.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {Preprocessing} from '../../schemas/preprocessing.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {weightsContent} from '../client/weights-content.js';
import {InferenceError, invariant} from '../errors.js';
import type {ExtractedStage} from '../network/extract-stage.js';
import {readNetwork} from '../network/read-network.js';
import {withValues} from '../network/with-values.js';
import type {Rewrite} from '../plan/follow-patterns.js';
import {tensorInfos} from '../plan/tensor-infos.js';
import {standardConfig} from '../plugin/config.js';
import {WorkerPool} from '../plugin/worker-pool.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {postprocessNetwork, rawName} from '../transform/postprocess-network.js';
import {
  type PreprocessNetwork,
  preprocessedName,
  preprocessNetwork,
} from '../transform/preprocess-network.js';
import type {ProcessingNetwork} from '../transform/processing-network.js';
import type {PlannerWork, ReadAnswer, RebatchAnswer, TransformAnswer} from './planner-work.js';
import {Remembered} from './remembered.js';

type Transformed = Pick<Inspection, 'network' | 'rewrite'>;
interface Reading extends Pick<Inspection, 'graph' | 'queried'> {
  /** What follows from the network's inputs alone, without what its file claims. */
  readonly inferred: NetworkGraph['values'];
}

interface Batched {
  readonly network: NetworkRef;
  readonly tied: readonly string[];
}

const nothingRewritten: Rewrite = {made: new Map(), removed: []};

/** Networks whose graph and types are remembered. */
const rememberedMax = 16;

/**
 * Does the coordinator's heavy work: fetches networks from the bulk store, has them parsed and cut in
 * a worker, their types inferred by ONNX Runtime in another, and stores what was cut.
 */
export class Planner implements TaskExecutor<PlannerTask> {
  readonly slots = 1;
  readonly #bulk: BulkStore;
  readonly #worker = new WorkerPool<PlannerWork>({
    module: new URL('./planner-worker.js', import.meta.url),
    workers: 1,
    queuedMax: 1024,
  });
  readonly #types = new TypeInference();
  readonly #transforms = new Remembered<Transformed>(rememberedMax);
  readonly #rebatches = new Remembered<Batched>(rememberedMax);
  readonly #readings = new Remembered<Reading>(rememberedMax);

  constructor(bulk: BulkStore) {
    this.#bulk = bulk;
  }

  run(task: PlannerTask): Promise<Inspection | NetworkRef[]> {
    return task.kind === 'inspect' ? this.#inspect(task) : this.#extract(task.network, task.parts);
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.close(), this.#types.close()]);
  }

  async #inspect(task: PlannerTask & {readonly kind: 'inspect'}): Promise<Inspection> {
    const {network: alone, rewrite} = await this.#transformed(task);
    const {network, tied} = task.batched
      ? await this.#rebatched(alone)
      : {network: alone, tied: []};
    const {graph: read, queried} = await this.#reading(network);
    const graph = withTies(read, tied);
    const woven = await this.#weave(graph, task.preprocessing);
    return {network, rewrite, graph, queried, ...woven};
  }

  /** The network with the low precision transformations applied: what all that follows sees. */
  #transformed({network, config}: PlannerTask & {readonly kind: 'inspect'}): Promise<Transformed> {
    if (!standardConfig(config).LP_TRANSFORMS_MODE)
      return Promise.resolve({network, rewrite: null});
    return this.#transforms.get(keyOf(network), () => this.#transform(network));
  }

  async #transform(network: NetworkRef): Promise<Transformed> {
    const {digest} = network.model;
    const model = shared(await this.#bulk.get(digest));
    const answer = await this.#work<TransformAnswer>({kind: 'transform', digest, model});
    if (answer === null) return {network, rewrite: nothingRewritten};
    const {weights} = network;
    const transformed = {model: await this.#bulk.put(answer.model), weights};
    return {network: transformed, rewrite: answer.rewrite};
  }

  /** The network as one that takes several requests as one. */
  #rebatched(network: NetworkRef): Promise<Batched> {
    return this.#rebatches.get(keyOf(network), async () => {
      const {inferred} = await this.#reading(network);
      const {digest} = network.model;
      const model = shared(await this.#bulk.get(digest));
      const made = await this.#work<RebatchAnswer>({kind: 'rebatch', digest, model, inferred});
      const {weights} = network;
      return {network: {model: await this.#bulk.put(made.model), weights}, tied: made.tied};
    });
  }

  #reading(network: NetworkRef): Promise<Reading> {
    return this.#readings.get(keyOf(network), () => this.#read(network));
  }

  async #read(network: NetworkRef): Promise<Reading> {
    const {digest} = network.model;
    const model = await this.#bulk.get(digest);
    const read = await this.#work<ReadAnswer>({kind: 'read', digest, model: shared(model)});
    const values = await this.#types.inferValues({
      model: read.skeleton ?? model,
      weightsFile: read.skeleton === null ? await this.#weightsFile(network) : undefined,
    });
    const asked = shared(read.skeleton ?? model);
    const described = await this.#work<Uint8Array | null>({kind: 'describe', model: asked, values});
    const light = described ?? read.skeleton;
    const queried =
      light === null
        ? network
        : {
            model: await this.#bulk.put(light),
            weights: read.skeleton === null ? network.weights : null,
          };
    return {graph: withValues(read.graph, values), queried, inferred: values};
  }

  async #weave(
    graph: NetworkGraph,
    preprocessing: Preprocessing | null,
  ): Promise<Omit<Inspection, keyof Transformed | 'graph' | 'queried'>> {
    const [before, after] = [preprocessing?.inputs ?? {}, preprocessing?.outputs ?? {}];
    const inputs = isEmpty(before) ? [] : tensorInfos(graph, graph.inputs);
    const made = preprocessNetwork(before, inputs);
    return {
      clientInputs: made.clientInputs,
      preprocess: made.outputs.length === 0 ? null : await this.#preprocess(made),
      postprocess: isEmpty(after) ? null : await this.#postprocess(graph, after),
    };
  }

  async #preprocess(made: PreprocessNetwork): Promise<Inspection['preprocess']> {
    const outputs = [...made.clientInputs.keys()].flatMap(input => {
      const info = made.outputs.find(({name}) => name === preprocessedName(input));
      return info === undefined ? [] : [{input, info}];
    });
    return {...(await this.#woven(made)), part: {inputs: made.inputs, outputs}};
  }

  async #postprocess(
    graph: NetworkGraph,
    steps: Preprocessing['outputs'],
  ): Promise<Inspection['postprocess']> {
    const made = postprocessNetwork(steps, tensorInfos(graph, graph.outputs));
    const inputs = Object.keys(steps).map(output => ({
      output,
      info: infoOf(made.inputs, rawName(output)),
    }));
    return {...(await this.#woven(made)), part: {inputs, outputs: made.outputs}};
  }

  async #woven({model}: ProcessingNetwork): Promise<Omit<WovenNetwork<unknown>, 'part'>> {
    const operations = readNetwork(model).graph.operations.map(({name}) => name);
    return {network: {model: await this.#bulk.put(model), weights: null}, operations};
  }

  async #extract(network: NetworkRef, parts: readonly ExtractedPart[]): Promise<NetworkRef[]> {
    const {digest} = network.model;
    const {graph} = await this.#reading(network);
    const model = shared(await this.#bulk.get(digest));
    const {values} = graph;
    const work: PlannerWork = {kind: 'extract', digest, model, parts, values};
    const stages = await this.#work<readonly ExtractedStage[]>(work);
    const weightsFile = await this.#weightsFile(network);
    return Promise.all(stages.map(stage => this.#store(stage, weightsFile)));
  }

  async #weightsFile({weights}: NetworkRef): Promise<string | undefined> {
    return weights === null ? undefined : this.#bulk.file(weights.digest);
  }

  async #store({model, weights}: ExtractedStage, weightsFile?: string): Promise<NetworkRef> {
    const stored = await this.#bulk.put(model);
    if (weights.length === 0) return {model: stored, weights: null};
    if (weightsFile === undefined) {
      throw new InferenceError(
        'INVALID_NETWORK',
        'the network has external data, but no file of it',
      );
    }
    const content = () => weightsContent(weights, () => weightsFile);
    return {model: stored, weights: await this.#bulk.put(content)};
  }

  #work<Answer>(work: PlannerWork): Promise<Answer> {
    return this.#worker.run<Answer>(work);
  }
}

/** The same model may come with other weights beside it. */
function keyOf({model, weights}: NetworkRef): string {
  return `${model.digest} ${weights?.digest ?? ''}`;
}

/** The graph with values that no stage may send, as if they were no tensors. */
function withTies(graph: NetworkGraph, tied: readonly string[]): NetworkGraph {
  return withValues(graph, new Map(tied.map(name => [name, {kind: 'other'}])));
}

/** Seen by the worker without a copy. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0;
}

function infoOf(infos: readonly TensorInfo[], name: string): TensorInfo {
  const found = infos.find(info => info.name === name);
  invariant(found !== undefined, `the processing network has no ${name}`);
  return found;
}
