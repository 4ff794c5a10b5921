import {z} from 'zod';
import {deploymentSchema} from '../../schemas/deployment.js';
import {type DeviceDescription, deviceDescriptionSchema} from '../../schemas/device.js';
import type {Ask} from '../../schemas/messages/ask.js';
import {
  type CoordinatorMessage,
  type PlanResult,
  planResultSchema,
  queryResultSchema,
  type SplitOrder,
} from '../../schemas/messages/coordinator.js';
import type {Preprocessing} from '../../schemas/preprocessing.js';
import {InferenceError} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import {availableDevices} from '../plan/available-devices.js';
import {parseDeviceExpression} from '../plan/device-expression.js';
import {parseConfig} from '../plugin/config.js';
import type {Config} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';
import {parsePreprocessing} from '../transform/parse-preprocessing.js';
import {ExecutableNetwork} from './executable-network.js';
import {type Network, openNetwork} from './network.js';
import type {Session} from './session.js';
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
  #closed: Promise<void> | undefined;

  constructor(link: ClusterLink) {
    this.#link = link;
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

  /** See `openNetwork`. */
  readNetwork(source: string | Uint8Array): Promise<Network> {
    return openNetwork(source);
  }

  /** For every operation, the device of `device` that would run it, or why none does. */
  async queryNetwork(
    network: Network,
    device: string,
    config: Config = {},
  ): Promise<ReadonlyMap<string, OperationPlacement>> {
    const order = await this.#order(network, device, config, {});
    const answer = await this.#ask(ask => ({kind: 'query', ask, order}), orderTimeoutMs);
    return new Map(Object.entries(parseQueryResult(answer)));
  }

  /** What `loadNetwork` would do, without doing it. */
  async planNetwork(
    network: Network,
    device: string,
    config: Config = {},
    options: LoadOptions = {},
  ): Promise<PlanResult> {
    const order = await this.#order(network, device, config, options);
    return parsePlanResult(await this.#ask(ask => ({kind: 'plan', ask, order}), orderTimeoutMs));
  }

  /**
   * Splits `network` over the devices of the expression `device` and compiles each stage there.
   * Rejects with INVALID_DEVICE, UNKNOWN_DEVICE, UNKNOWN_CONFIG_KEY, INVALID_CONFIG_VALUE,
   * UNSUPPORTED_OPERATIONS, AFFINITY_INCOMPLETE, COMPILE_FAILED, NO_COORDINATOR, DEVICE_LOST.
   */
  async loadNetwork(
    network: Network,
    device: string,
    config: Config = {},
    options: LoadOptions = {},
  ): Promise<ExecutableNetwork> {
    const order = await this.#order(network, device, config, options);
    const answer = await this.#ask(ask => ({kind: 'load', ask, order}), orderTimeoutMs);
    const deployment = parseDeployment(answer);
    this.#link.session.loaded(deployment);
    const executable = new ExecutableNetwork(this.#link.session, deployment, () =>
      this.#loaded.delete(executable),
    );
    this.#loaded.add(executable);
    return executable;
  }

  /** Releases what is loaded and leaves the cluster; requests that run are settled first. */
  close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #leave(): Promise<void> {
    this.#link.session.leave();
    await Promise.allSettled([...this.#loaded].map(executable => executable.release()));
    await this.#link.close();
  }

  async #order(
    network: Network,
    device: string,
    config: Config,
    {preprocessing}: LoadOptions,
  ): Promise<SplitOrder> {
    if (this.#closed !== undefined) throw new InferenceError('RELEASED', 'this core was closed');
    parseDeviceExpression(device);
    parseConfig(config);
    const steps = preprocessing === undefined ? null : parsePreprocessing(preprocessing);
    return {
      network: await uploadNetwork(network, this.#link.bulk),
      device,
      config,
      affinity: Object.fromEntries(network.affinity),
      preprocessing: steps,
    };
  }

  #ask(message: (ask: Ask) => CoordinatorMessage, timeoutMs: number): Promise<unknown> {
    if (this.#closed !== undefined) {
      return Promise.reject(new InferenceError('RELEASED', 'this core was closed'));
    }
    return this.#link.session.askCoordinator(message, timeoutMs);
  }
}
