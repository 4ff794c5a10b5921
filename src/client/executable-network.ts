import type {Deployment, Variant} from '../../schemas/deployment.js';
import type {Ask} from '../../schemas/messages/ask.js';
import {
  type StageMessage,
  type StageStats,
  stageStatsSchema,
} from '../../schemas/messages/stage.js';
import type {Priority} from '../../schemas/priority.js';
import type {ConfigKey, ConfigValues} from '../../schemas/properties.js';
import {runtimeGraphSchema} from '../../schemas/runtime-graph.js';
import type {Replica, Stage, StageGraph} from '../../schemas/stage-graph.js';
import type {NamedTensors, TensorData, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import {nearestName} from '../nearest-name.js';
import {mergeRuntimeGraphs} from '../plan/merge-runtime-graphs.js';
import {parseConfig} from '../plugin/config.js';
import type {Config} from '../plugin/plugin.js';
import {unknownConfigKey, unknownMetric} from '../plugin/unknown-key.js';
import {Tensor} from '../tensor.js';
import {checkTensorFits} from '../tensor-check.js';
import {batchTensors} from './batch-tensors.js';
import type {DeclaredState} from './declared-state.js';
import type {ExportOptions} from './export-network.js';
import {InferRequest, type Inputs} from './infer-request.js';
import {
  measuresOperations,
  type NetworkMetrics,
  networkConfig,
  networkMetrics,
} from './network-properties.js';
import {NetworkRuntimeGraph} from './runtime-graph.js';
import type {InferenceOutcome, Session, SubmitOptions} from './session.js';

const controlTimeoutMs = 30_000;

const parseStats = messageParser(stageStatsSchema, 'answer of a stage');
const parseRuntimeGraph = messageParser(runtimeGraphSchema, 'answer of a stage');

type Graphed = Pick<Variant, 'stageGraph'>;

/** What only the core that loaded a network knows of it and can do for it. */
export interface NetworkHooks {
  exported(deployment: Deployment, options: ExportOptions): Promise<Uint8Array>;
  released(): void;
  readonly states?: readonly DeclaredState[];
}

/** A network compiled for devices, ready for requests. */
export class ExecutableNetwork {
  readonly session: Session;
  /** For InferRequest: the states, and what each is at first. */
  readonly states: readonly DeclaredState[];
  /** For InferRequest: whether any of its devices was given PERF_COUNT. */
  readonly measures: boolean;
  /** For InferRequest: of requests that name none. */
  readonly priority: Priority;
  #deployment: Deployment;
  readonly #infos: ReadonlyMap<string, TensorInfo>;
  readonly #hooks: NetworkHooks;
  /** What was set since it was loaded. */
  #live: Partial<Pick<ConfigValues, 'AUTO_BATCH_TIMEOUT'>> = {};
  #released: Promise<void> | undefined;

  /** Made by `Core.loadNetwork`. */
  constructor(session: Session, deployment: Deployment, hooks: NetworkHooks) {
    this.session = session;
    this.states = hooks.states ?? [];
    this.measures = measuresOperations(deployment);
    this.priority = networkConfig(deployment).MODEL_PRIORITY;
    this.#hooks = hooks;
    this.#deployment = deployment;
    const infos = [...deployment.inputs, ...deployment.overridable];
    this.#infos = new Map(infos.map(info => [info.name, info]));
  }

  /** For Core: the coordinator has laid it out anew. */
  changed(deployment: Deployment): void {
    this.#deployment = deployment;
    const {AUTO_BATCH_TIMEOUT: timeoutMs} = this.#live;
    // Its new stages have what it was loaded with; if one is gone, it is laid out anew again.
    if (timeoutMs !== undefined) this.#configure(timeoutMs).catch(() => {});
  }

  /** What every request brings. Symbolic dimensions keep their names. */
  get inputs(): readonly TensorInfo[] {
    return this.#deployment.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#deployment.outputs;
  }

  /** Initializers that a request may bring too, instead of the network's own. */
  get overridable(): readonly TensorInfo[] {
    return this.#deployment.overridable;
  }

  /**
   * The ways to run the network as they are now, in priority order: one for each member of MULTI, one
   * for any other device. They change when devices leave or join, and when AUTO has better ones.
   */
  get variants(): readonly Variant[] {
    return this.#deployment.variants;
  }

  /** Members of the device expression that could not be used, and why. */
  get excluded(): readonly {readonly device: string; readonly error: InferenceError}[] {
    return this.#deployment.excluded.map(({device, error}) => {
      return {device, error: InferenceError.fromWire(error)};
    });
  }

  /** Of the variant that requests prefer. */
  get stageGraph(): StageGraph {
    const [first] = this.#deployment.variants;
    invariant(first !== undefined, 'a deployment has a variant');
    return first.stageGraph;
  }

  /** Throws UNKNOWN_METRIC. */
  getMetric<Key extends keyof NetworkMetrics>(key: Key): NetworkMetrics[Key] {
    const metrics = networkMetrics(this.#deployment);
    if (Object.hasOwn(metrics, key)) return metrics[key];
    throw unknownMetric(key, Object.keys(metrics));
  }

  /**
   * What the network was loaded with; DEVICE_PROPERTIES, a metric, has what was given for some
   * devices. Throws UNKNOWN_CONFIG_KEY.
   */
  getConfig<Key extends ConfigKey>(key: Key): ConfigValues[Key] {
    const config = {...networkConfig(this.#deployment), ...this.#live};
    if (Object.hasOwn(config, key)) return config[key];
    throw unknownConfigKey(key, Object.keys(config));
  }

  /**
   * Sets AUTO_BATCH_TIMEOUT of a network on BATCH, for every client of it; all other keys are
   * read-only once a network is loaded. Rejects with UNKNOWN_CONFIG_KEY, INVALID_CONFIG_VALUE,
   * READ_ONLY_KEY, DEVICE_LOST or RELEASED, and then has perhaps reached some of its stages.
   */
  async setConfig(config: Config): Promise<void> {
    this.#throwIfReleased();
    const {AUTO_BATCH_TIMEOUT} = parseConfig(config);
    const batches = this.variants.some(({batch}) => batch > 1);
    const fixed = Object.keys(config).find(key => !batches || key !== 'AUTO_BATCH_TIMEOUT');
    if (fixed !== undefined) {
      const text = `${fixed} of a network that is loaded is read-only: give it to loadNetwork`;
      throw new InferenceError('READ_ONLY_KEY', text);
    }
    if (Object.keys(config).length === 0) return;
    this.#live = {AUTO_BATCH_TIMEOUT};
    await this.#configure(AUTO_BATCH_TIMEOUT);
  }

  /** `onEnd` is called after the end of each of its runs, when it is idle. Throws RELEASED. */
  createInferRequest(onEnd?: () => void): InferRequest {
    this.#throwIfReleased();
    return new InferRequest(this, onEnd);
  }

  /**
   * This network as one blob, which `Core.importNetwork` takes here or in another cluster: what every
   * stage was compiled to, and what the network was loaded with. Rejects with DEVICE_LOST if a stage
   * is gone, PAYLOAD_TOO_LARGE above what one buffer holds (4 GiB), STORE_UNAVAILABLE.
   */
  async exportNetwork(options: ExportOptions = {}): Promise<Uint8Array> {
    this.#throwIfReleased();
    return this.#hooks.exported(this.#deployment, options);
  }

  /** What each stage has done so far, all its replicas together: by stage, variant after variant. */
  async getStageStatistics(): Promise<readonly StageStats[]> {
    this.#throwIfReleased();
    const stages = this.variants.flatMap(({stageGraph}) => stageGraph.stages);
    return Promise.all(stages.map(stage => this.#statistics(stage)));
  }

  /**
   * The kernels that devices made of the network, with the mean times of all inferences that were
   * measured (see PERF_COUNT); of several variants, the preferred one unless told. Rejects with
   * NOT_IMPLEMENTED if a device does not tell, DEVICE_LOST.
   */
  async getRuntimeGraph({stageGraph}: Graphed = this): Promise<NetworkRuntimeGraph> {
    this.#throwIfReleased();
    const {inputs, outputs} = this;
    const asked = stageGraph.stages.map(async ({name, replicas: [first]}) => {
      invariant(first !== undefined, `${name} has a replica`);
      return parseRuntimeGraph(
        await this.#askStage(name, first, ask => ({kind: 'runtimeGraph', ask})),
      );
    });
    const network = {name: this.#deployment.network, inputs, outputs};
    return new NetworkRuntimeGraph(
      mergeRuntimeGraphs(stageGraph, await Promise.all(asked), network),
    );
  }

  /** Ends the stages; requests that run are settled with RELEASED. Again: no effect. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /**
   * For InferRequest; a list is a batch. Throws UNKNOWN_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH or
   * SIZE_MISMATCH, and of a batch what `batchTensors` throws.
   */
  checkedInput(name: string, given: TensorData | readonly TensorData[]): Tensor {
    const info = this.inputInfo(name);
    const tensor = isBatch(given) ? batchTensors(info, given) : Tensor.from(given, name);
    checkTensorFits(info, tensor);
    return tensor;
  }

  /** For InferRequest. Throws INVALID_ARGUMENT, and as `checkedInput`. */
  checkedInputs(inputs: Inputs): ReadonlyMap<string, Tensor> {
    if (typeof inputs !== 'object' || inputs === null || inputs instanceof Map) {
      const given = inputs instanceof Map ? 'a Map' : String(inputs);
      const text = `inputs: expected an object of tensors by name, given ${given}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    return new Map(
      Object.entries(inputs).map(([name, given]) => [name, this.checkedInput(name, given)]),
    );
  }

  /** For InferRequest. Throws TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. */
  checkedState(name: string, given: TensorData): Tensor {
    const tensor = Tensor.from(given, name);
    const info = this.#deployment.states.find(state => state.name === name);
    invariant(info !== undefined, `${name} is a state`);
    checkTensorFits(info, tensor);
    return tensor;
  }

  /** For InferRequest. Throws UNKNOWN_INPUT. */
  inputInfo(name: string): TensorInfo {
    const info = this.#infos.get(name);
    if (info === undefined) throw unknownName('UNKNOWN_INPUT', 'input', name, this.#infos.keys());
    return info;
  }

  /** For InferRequest. Throws MISSING_INPUT, and what a tensor that was changed does not fit by. */
  checkComplete(tensors: NamedTensors): void {
    const missing = this.inputs.filter(({name}) => !tensors.has(name));
    for (const [name, tensor] of tensors) checkTensorFits(this.inputInfo(name), tensor);
    if (missing.length === 0) return;
    const names = missing.map(({name}) => name).join(', ');
    throw new InferenceError(
      'MISSING_INPUT',
      `expected a tensor for each input, none for ${names}`,
    );
  }

  /** For InferRequest. */
  unknownOutput(name: string): InferenceError {
    const names = this.outputs.map(output => output.name);
    return unknownName('UNKNOWN_OUTPUT', 'output', name, names);
  }

  /** For InferRequest. */
  submit(
    tensors: NamedTensors,
    options: SubmitOptions,
  ): {readonly id: number; readonly outcome: Promise<InferenceOutcome>} {
    this.#throwIfReleased();
    return this.session.submit(this.#deployment, tensors, options);
  }

  async #release(): Promise<void> {
    const {id: deployment} = this.#deployment;
    this.session.released(this.#deployment);
    this.#hooks.released();
    await this.session.askCoordinator(
      ask => ({kind: 'release', ask, deployment}),
      controlTimeoutMs,
    );
  }

  async #configure(batchTimeoutMs: number): Promise<void> {
    const stages = this.variants.flatMap(({stageGraph}) => stageGraph.stages);
    const asked = stages.flatMap(({name, replicas}) =>
      replicas.map(replica =>
        this.#askStage(name, replica, ask => ({kind: 'configure', ask, batchTimeoutMs})),
      ),
    );
    await Promise.all(asked);
  }

  async #statistics({name, replicas}: Stage): Promise<StageStats> {
    const answers = await Promise.all(
      replicas.map(replica => this.#askStage(name, replica, ask => ({kind: 'stats', ask}))),
    );
    return answers.map(answer => parseStats(answer)).reduce(addStats);
  }

  #askStage(
    stage: string,
    {address: to, device}: Replica,
    message: (ask: Ask) => StageMessage,
  ): Promise<unknown> {
    return this.session.ask({
      to,
      timeoutMs: controlTimeoutMs,
      message,
      absent: () => new InferenceError('DEVICE_LOST', `${stage} is gone`, {device, stage}),
    });
  }

  #throwIfReleased(): void {
    if (this.#released !== undefined) {
      throw new InferenceError('RELEASED', `${this.#deployment.network} was released`);
    }
  }
}

function addStats(a: StageStats, b: StageStats): StageStats {
  return {
    load: a.load + b.load,
    executed: a.executed + b.executed,
    failed: a.failed + b.failed,
    cancelled: a.cancelled + b.cancelled,
    expired: a.expired + b.expired,
    refused: a.refused + b.refused,
    queueUs: a.queueUs + b.queueUs,
    executeUs: a.executeUs + b.executeUs,
    runUs: a.runUs + b.runUs,
  };
}

function unknownName(
  code: 'UNKNOWN_INPUT' | 'UNKNOWN_OUTPUT',
  what: string,
  given: string,
  known: Iterable<string>,
): InferenceError {
  const names = [...known];
  const nearest = nearestName(given, names);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  return new InferenceError(
    code,
    `expected an ${what} out of ${names.join(', ')}, given '${given}'${hint}`,
  );
}

function isBatch(given: TensorData | readonly TensorData[]): given is readonly TensorData[] {
  return Array.isArray(given);
}
