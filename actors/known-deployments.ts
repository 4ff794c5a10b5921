import {coordinatorAddress, keepAddress} from '../schemas/addresses.js';
import type {Deployment} from '../schemas/deployment.js';
import type {ClientMessage} from '../schemas/messages/client.js';
import type {CoordinatorMessage} from '../schemas/messages/coordinator.js';
import {InferenceError} from '../src/errors.js';
import type {Effect, SendEffect} from '../src/kernel/behaviour.js';

export interface KnownDeploymentsOptions {
  /** The client's address. */
  readonly address: string;
  /** How often the coordinators are told which deployments are still wanted. */
  readonly keepMs: number;
}

type News = ClientMessage & {readonly kind: 'deployment' | 'forgotten'};

interface KeepTime {
  readonly kind: 'keep';
}

/** Those who miss a way ask for news of it so often at most. */
const soonMs = 500;

/** The deployments that a client uses, each as the coordinator last described it. */
export class KnownDeployments {
  readonly #options: KnownDeploymentsOptions;
  readonly #byId = new Map<string, Deployment>();
  /** When the coordinators were last told. */
  #keptAt = Number.NEGATIVE_INFINITY;

  constructor(options: KnownDeploymentsOptions) {
    this.#options = options;
  }

  add(deployment: Deployment): void {
    this.#byId.set(deployment.id, deployment);
  }

  remove({id}: Deployment): Effect<never>[] {
    this.#byId.delete(id);
    return this.#byId.size === 0 ? [{do: 'cancelTimer', key: 'keep'}] : [];
  }

  /** Takes a newer description of one that is in use; false if it is not news. */
  update(deployment: Deployment): boolean {
    const known = this.#byId.get(deployment.id);
    if (known === undefined || known.epoch >= deployment.epoch) return false;
    this.#byId.set(deployment.id, deployment);
    return true;
  }

  /** A deployment as a coordinator tells of it; undefined if it is not in use. */
  newsOf(news: News): Deployment | undefined {
    return news.kind === 'deployment' ? news.deployment : this.#forgotten(news.deployment);
  }

  /** What is left of one that no coordinator knows: nobody will lay it out again. */
  #forgotten(id: string): Deployment | undefined {
    const known = this.#byId.get(id);
    if (known === undefined) return undefined;
    const text = `no coordinator knows ${known.network} any more: it must be loaded again`;
    const lost = new InferenceError('RELEASED', text).toWire();
    return {...known, epoch: known.epoch + 1, lost};
  }

  /** As it is now; `deployment` itself if it is not (or no more) in use. */
  latest(deployment: Deployment): Deployment {
    return this.#byId.get(deployment.id) ?? deployment;
  }

  /** Requests that all variants together take from this client at once, if they say. */
  insideMax(deployment: Deployment): number {
    const {variants} = this.latest(deployment);
    const unbounded = Number.POSITIVE_INFINITY;
    return variants.reduce((sum, {requestsMax}) => sum + (requestsMax ?? unbounded), 0);
  }

  /** Why `deployment` will not work again; undefined while it works, or may. */
  whyLost({lost}: Deployment): InferenceError | undefined {
    const why = lost === null ? undefined : InferenceError.fromWire(lost);
    return why?.retryable ? undefined : why;
  }

  /** Tells the coordinators what stays; one that knows of newer variants says so. */
  keep(now: number): Effect<KeepTime>[] {
    if (this.#byId.size === 0) return [];
    this.#keptAt = now;
    const {address: client, keepMs} = this.#options;
    const deployments = [...this.#byId.values()].map(({id, epoch}) => ({id, epoch}));
    const message: CoordinatorMessage = {kind: 'keep', client, deployments};
    return [
      {do: 'send', to: keepAddress, message},
      {do: 'after', key: 'keep', delayMs: keepMs, message: {kind: 'keep'}},
    ];
  }

  /** The same, unless it was done a moment ago. */
  keepSoon(now: number): Effect<KeepTime>[] {
    return now - this.#keptAt < soonMs ? [] : this.keep(now);
  }

  /** Asks for another variant: the ones there are have failed a request. */
  extend({id, epoch}: Deployment): SendEffect {
    const message: CoordinatorMessage = {kind: 'extend', deployment: id, epoch};
    return {do: 'send', to: coordinatorAddress, message};
  }
}
