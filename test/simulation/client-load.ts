import type {ConfigMap} from '../../schemas/config.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {ExportedNetwork} from '../../schemas/exported-network.js';
import type {CoordinatorMessage} from '../../schemas/messages/coordinator.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import type {InputPreprocessing, Preprocessing} from '../../schemas/preprocessing.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import type {DeclaredState} from '../../src/client/declared-state.js';
import {exportNetwork} from '../../src/client/export-network.js';
import {withoutInitial} from '../../src/client/exported-states.js';
import type {Session} from '../../src/client/session.js';
import {InferenceError, invariant} from '../../src/errors.js';
import type {BlobCodec} from '../../src/ports/blob-codec.js';
import {Tensor} from '../../src/tensor.js';
import type {Cluster} from './cluster.js';
import type {ClientPlan} from './scenario.js';
import {unusedBulk} from './unused-bulk.js';

type Ask = Extract<CoordinatorMessage, {readonly kind: 'load'}>['ask'];

/** What is done is not looked at: networks compute with expressions. */
const step: InputPreprocessing = {steps: [{kind: 'mean', values: 1}]};

/** A client's network as it is ordered, and what is to come of it. */
export class ClientLoad {
  readonly network: NetworkRef;
  /** What an inference leaves to the next, with what it is at first. */
  readonly states: readonly DeclaredState[];
  readonly #plan: ClientPlan;
  readonly #cluster: Cluster;
  readonly #config: ConfigMap;
  readonly #preprocessing: Preprocessing | null;

  constructor(plan: ClientPlan, cluster: Cluster) {
    const {network, steps, config = {}} = plan;
    this.#plan = plan;
    this.#cluster = cluster;
    this.#config = config;
    this.network = cluster.networkOf(network);
    this.#preprocessing = steps === undefined ? null : preprocessingOf(steps);
    this.states = cluster.statesOf(network).map(pair => {
      const {type, shape, data} = cluster.shelf.input(this.network, `initial ${pair.input}`);
      return {...pair, initial: new Tensor(type, shape, data)};
    });
  }

  order(ask: Ask, exported: ExportedNetwork | undefined): CoordinatorMessage {
    const {device} = this.#plan;
    const config = this.#config;
    if (exported !== undefined) {
      const {states} = exported;
      const order = {exported: {...exported, states: withoutInitial(states)}, device, config};
      return {kind: 'import', ask, order};
    }
    const {network} = this;
    const states = this.states.map(({output, input}) => ({output, input}));
    const preprocessing = this.#preprocessing;
    return {
      kind: 'load',
      ask,
      order: {network, device, config, affinity: {}, preprocessing, states},
    };
  }

  /** The loaded network as it travels. Rejects as a client's export does. */
  async export(deployment: Deployment, session: Session): Promise<ExportedNetwork> {
    let exported: ExportedNetwork | undefined;
    const codec: BlobCodec = {
      version: '1.0.0',
      encode: blob => {
        exported = blob.network;
        return new Uint8Array();
      },
      decode: () => Promise.reject(new InferenceError('NOT_IMPLEMENTED', 'taken as it is')),
    };
    const bulk = {...unusedBulk, get: async () => new Uint8Array()};
    const declared = {preprocessing: this.#preprocessing, states: this.states};
    await exportNetwork(deployment, declared, {session, bulk, codec}, {});
    invariant(exported !== undefined, 'an export has a network');
    return exported;
  }

  /** All outputs, those that are states among them. */
  compute(given: NamedTensors): NamedTensors {
    const {shelf} = this.#cluster;
    const {steps} = this.#plan;
    if (steps === undefined) return shelf.compute(this.network, given);
    return shelf.computeProcessed(this.network, given, steps);
  }
}

function preprocessingOf({inputs, outputs}: NonNullable<ClientPlan['steps']>): Preprocessing {
  return {
    inputs: Object.fromEntries(inputs.map(name => [name, step])),
    outputs: Object.fromEntries(outputs.map(name => [name, step])),
  };
}
