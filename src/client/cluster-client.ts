import {z} from 'zod';
import type {ClusterStatus} from '../../schemas/cluster-status.js';
import {type Deployment, deploymentSchema} from '../../schemas/deployment.js';
import {type DeviceDescription, deviceDescriptionSchema} from '../../schemas/device.js';
import type {Ask} from '../../schemas/messages/ask.js';
import {
  type CoordinatorMessage,
  type PlanResult,
  planResultSchema,
  queryResultSchema,
} from '../../schemas/messages/coordinator.js';
import type {DeviceProperties, MetricKeyAt, MetricValues} from '../../schemas/metrics.js';
import type {Preprocessing} from '../../schemas/preprocessing.js';
import type {ConfigKey, ConfigValues} from '../../schemas/properties.js';
import type {SplitOrder} from '../../schemas/split-order.js';
import {InferenceError} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import {availableDevices} from '../plan/available-devices.js';
import {sharedConfig} from '../plan/device-config.js';
import type {Config} from '../plugin/plugin.js';
import type {BlobCodec} from '../ports/blob-codec.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {Metric} from '../ports/metrics.js';
import {parsePreprocessing} from '../transform/parse-preprocessing.js';
import {ClientConfig} from './client-config.js';
import {type ClusterActivity, clusterActivity, clusterStatus} from './cluster-activity.js';
import {
  ClusterProperties,
  configValue,
  metricOf,
  type PluginVersion,
} from './cluster-properties.js';
import {ExecutableNetwork} from './executable-network.js';
import {type DeclaredParts, exportNetwork} from './export-network.js';
import {importedStates, withoutInitial} from './exported-states.js';
import type {LoadConfig} from './flatten-config.js';
import {Network, openNetwork} from './network.js';
import type {Session} from './session.js';
import {unpackBlob} from './unpack-blob.js';
import {uploadNetwork} from './upload-network.js';

/** Where an operation goes and why, or each device's reason against it. */
export type OperationPlacement =
  | {readonly device: string; readonly why: string}
  | {readonly reasons: Readonly<Record<string, string>>};

export interface LoadOptions {
  /** Steps before and after the network, made by PrePostProcessor. */
  readonly preprocessing?: Preprocessing;
}

/** What a client needs of whoever connected it. */
export interface ClusterLink {
  readonly session: Session;
  readonly bulk: BulkStore;
  readonly codec: BlobCodec;
  /** Of what else there is in this process. */
  metrics?(): readonly Metric[];
  close(): Promise<void>;
}

const devicesTimeoutMs = 10_000;
/** Reading, asking devices, compiling: minutes for the largest networks. */
const orderTimeoutMs = 600_000;

const answer = 'answer of the coordinator';
const parseDevices = messageParser(z.array(deviceDescriptionSchema), answer);
const parseQueryResult = messageParser(queryResultSchema, answer);
const parsePlanResult = messageParser(planResultSchema, answer);
const parseDeployment = messageParser(deploymentSchema, answer);

/** A cluster as its user sees it. */
export class ClusterClient {
  readonly #link: ClusterLink;
  readonly #loaded = new Set<ExecutableNetwork>();
  readonly #config = new ClientConfig();
  readonly #properties: ClusterProperties;
  #closed: Promise<void> | undefined;

  constructor(link: ClusterLink) {
    this.#link = link;
    this.#properties = new ClusterProperties(link.session, () => this.getDeviceDescriptions());
  }

  /**
   * The devices that are alive: kinds first (`CPU`), which mean any device of the kind, then, in a
   * cluster of several nodes, each device by its full name (`host-b/CPU`).
   */
  async getAvailableDevices(): Promise<readonly string[]> {
    return availableDevices(await this.getDeviceDescriptions());
  }

  async getDeviceDescriptions(): Promise<readonly DeviceDescription[]> {
    const answer = await this.#ask(ask => ({kind: 'devices', ask}), devicesTimeoutMs);
    return parseDevices(answer);
  }

  /** What this process measures: of the client's requests, of its transport. */
  metrics(): readonly Metric[] {
    return [...this.#link.session.metrics(), ...(this.#link.metrics?.() ?? [])];
  }

  /** Devices, also those that are gone, and deployments, as the coordinator knows them now. */
  async getClusterStatus(): Promise<ClusterStatus> {
    this.#throwIfClosed();
    return clusterStatus(this.#link.session);
  }

  /** The same, and what every stage has done so far. */
  async getClusterActivity(): Promise<ClusterActivity> {
    this.#throwIfClosed();
    return clusterActivity(this.#link.session);
  }

  /** The plugin of each device that `device` names, by the device's full name. */
  getVersions(device: string): Promise<Readonly<Record<string, PluginVersion>>> {
    return this.#properties.versionsOf(device);
  }

  /**
   * A metric of the whole cluster, or of a device: of several that `device` means, the first by name.
   * A plugin may have metrics of its own. Rejects with UNKNOWN_METRIC, INVALID_DEVICE,
   * UNKNOWN_DEVICE, DEVICE_LOST.
   */
  getMetric<Key extends MetricKeyAt<'core'>>(key: Key): Promise<MetricValues[Key]>;
  getMetric<Key extends MetricKeyAt<'device'>>(
    device: string,
    key: Key,
  ): Promise<MetricValues[Key]>;
  getMetric(device: string, key: string): Promise<unknown>;
  async getMetric(first: string, second?: string): Promise<unknown> {
    if (second === undefined) {
      return metricOf(await this.#properties.ofCore(this.#config.shared), first);
    }
    return metricOf((await this.getDeviceProperties(first)).metrics, second);
  }

  /** Every metric and every config key of a device; see `getMetric`. */
  getDeviceProperties(device: string): Promise<DeviceProperties> {
    return this.#properties.ofDevice(device, this.#config.all);
  }

  /**
   * What a config key is for networks that this client loads, on any device or on `device`. Rejects
   * with UNKNOWN_CONFIG_KEY, and as `getMetric`.
   */
  getConfig<Key extends ConfigKey>(key: Key): Promise<ConfigValues[Key]>;
  getConfig<Key extends ConfigKey>(device: string, key: Key): Promise<ConfigValues[Key]>;
  getConfig(device: string, key: string): Promise<unknown>;
  async getConfig(first: string, second?: string): Promise<unknown> {
    if (second === undefined) return configValue(this.#config.shared, first);
    return configValue((await this.getDeviceProperties(first)).config, second);
  }

  /**
   * Sets config for all that this client loads from now on, on any device or on `device`. What
   * `loadNetwork` is given counts more. Throws UNKNOWN_CONFIG_KEY, READ_ONLY_KEY,
   * INVALID_CONFIG_VALUE or INVALID_DEVICE.
   */
  setConfig(config: LoadConfig): void;
  setConfig(device: string, config: Config): void;
  setConfig(first: string | LoadConfig, second: Config = {}): void {
    this.#config.set(typeof first === 'string' ? {DEVICE_PROPERTIES: {[first]: second}} : first);
  }

  /** See `openNetwork`. */
  readNetwork(source: string | Uint8Array): Promise<Network> {
    return openNetwork(source);
  }

  /** For every operation, the device of `device` that would run it, or why none does. */
  async queryNetwork(
    network: Network,
    device = 'AUTO',
    config: LoadConfig = {},
  ): Promise<ReadonlyMap<string, OperationPlacement>> {
    const order = await this.#order(network, device, config, {});
    const answer = await this.#ask(ask => ({kind: 'query', ask, order}), orderTimeoutMs);
    return new Map(Object.entries(parseQueryResult(answer)));
  }

  /** What `loadNetwork` would do, without doing it. */
  async planNetwork(
    network: Network,
    device = 'AUTO',
    config: LoadConfig = {},
    options: LoadOptions = {},
  ): Promise<PlanResult> {
    const order = await this.#order(network, device, config, options);
    return parsePlanResult(await this.#ask(ask => ({kind: 'plan', ask, order}), orderTimeoutMs));
  }

  /**
   * Splits `network` over the devices of the expression `device` and compiles each stage there;
   * without one, on the best device that takes the whole network.
   * Rejects with INVALID_DEVICE, UNKNOWN_DEVICE, UNKNOWN_CONFIG_KEY, INVALID_CONFIG_VALUE,
   * UNSUPPORTED_OPERATIONS, AFFINITY_INCOMPLETE, COMPILE_FAILED, NO_COORDINATOR, DEVICE_LOST.
   */
  async loadNetwork(
    network: Network,
    device = 'AUTO',
    config: LoadConfig = {},
    options: LoadOptions = {},
  ): Promise<ExecutableNetwork> {
    const order = await this.#order(network, device, config, options);
    const answer = await this.#ask(ask => ({kind: 'load', ask, order}), orderTimeoutMs);
    const {preprocessing} = order;
    return this.#keep(parseDeployment(answer), {preprocessing, states: network.states});
  }

  /**
   * Loads what `ExecutableNetwork.exportNetwork` gave, without splitting it again and, where a device
   * can import it, without compiling it: on the devices that it was exported for, or on those of the
   * expression `device`. What it was loaded with counts, and `config` over it. Rejects with
   * INVALID_BLOB for what is damaged, BLOB_INCOMPATIBLE if it is of a newer version or no device can
   * make anything of it, and otherwise as `loadNetwork`.
   */
  async importNetwork(
    blob: Uint8Array,
    device?: string,
    config: LoadConfig = {},
  ): Promise<ExecutableNetwork> {
    this.#throwIfClosed();
    const exported = await unpackBlob(blob, this.#link);
    // What was said of some devices is nothing to others.
    const base = device === undefined ? exported.config : sharedConfig(exported.config);
    const addressed = this.#config.forLoad(device ?? exported.device, {...base, ...config});
    const states = importedStates(exported.states);
    const order = {exported: {...exported, states: withoutInitial(exported.states)}, ...addressed};
    const answer = await this.#ask(ask => ({kind: 'import', ask, order}), orderTimeoutMs);
    const {preprocessing} = exported;
    return this.#keep(parseDeployment(answer), {preprocessing, states});
  }

  /** Releases what is loaded and leaves the cluster; requests that run are settled first. */
  close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  #keep(deployment: Deployment, declared: DeclaredParts): ExecutableNetwork {
    const executable = new ExecutableNetwork(this.#link.session, deployment, {
      exported: (latest, options) => exportNetwork(latest, declared, this.#link, options),
      released: () => this.#loaded.delete(executable),
      states: declared.states,
    });
    this.#link.session.loaded(deployment, changed => executable.changed(changed));
    this.#loaded.add(executable);
    return executable;
  }

  #throwIfClosed(): void {
    if (this.#closed !== undefined) throw new InferenceError('RELEASED', 'this core was closed');
  }

  async #leave(): Promise<void> {
    this.#link.session.leave();
    await Promise.allSettled([...this.#loaded].map(executable => executable.release()));
    await this.#link.close();
  }

  async #order(
    network: Network,
    device: string,
    config: LoadConfig,
    {preprocessing}: LoadOptions,
  ): Promise<SplitOrder> {
    this.#throwIfClosed();
    if (!(network instanceof Network)) {
      const given = network === null ? 'null' : typeof network;
      const text = `expected a network of readNetwork, given ${given}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    const addressed = this.#config.forLoad(device, config);
    const steps = preprocessing === undefined ? null : parsePreprocessing(preprocessing);
    return {
      network: await uploadNetwork(network, this.#link.bulk),
      ...addressed,
      affinity: Object.fromEntries(network.affinity),
      preprocessing: steps,
      states: network.states.map(({output, input}) => ({output, input})),
    };
  }

  #ask(message: (ask: Ask) => CoordinatorMessage, timeoutMs: number): Promise<unknown> {
    if (this.#closed !== undefined) {
      return Promise.reject(new InferenceError('RELEASED', 'this core was closed'));
    }
    return this.#link.session.askCoordinator(message, timeoutMs);
  }
}
