import type {ClientEvent} from '../../actors/client-event.js';
import {ClientSession} from '../../actors/client-session.js';
import {clientAddress} from '../../schemas/addresses.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {Session} from '../../src/client/session.js';
import {InferenceError, invariant} from '../../src/errors.js';
import type {Cluster} from './cluster.js';
import type {Host} from './host.js';
import type {ClientPlan} from './scenario.js';
import {SimulatedProcess} from './simulated-process.js';

const bounds = {
  inFlightMax: 128,
  queuedMax: 16_384,
  keepMs: 15_000,
  graceMs: 3000,
  lostGraceMs: 20_000,
};
const orderTimeoutMs = 600_000;
const releaseTimeoutMs = 30_000;
/** A client that could not load its network tries again after this time. */
const loadAgainMs = 500;
/** Cancelled requests are cancelled within this time. */
const cancelMsMax = 100;

interface Life {
  readonly process: SimulatedProcess;
  readonly address: string;
  readonly session: Session;
  deployment: Deployment | undefined;
  /** Its network is to be loaded. */
  wanting: boolean;
  submitted: number;
  resting: boolean;
}

/** A client that wants one network, and sends it requests for as long as it lives. */
export class ClientHost implements Host {
  readonly name: string;
  readonly #plan: ClientPlan;
  readonly #cluster: Cluster;
  readonly #network: NetworkRef;
  #life: Life | undefined;

  constructor(name: string, plan: ClientPlan, cluster: Cluster) {
    this.name = name;
    this.#plan = plan;
    this.#cluster = cluster;
    this.#network = cluster.networkOf(plan.network);
  }

  get processes(): readonly SimulatedProcess[] {
    return this.#life?.process.alive ? [this.#life.process] : [];
  }

  /** Of its own window. */
  get insideMax(): number {
    return this.#plan.inFlightMax ?? bounds.inFlightMax;
  }

  get address(): string | undefined {
    return this.#life?.address;
  }

  start(): void {
    if (this.#life?.process.alive) return;
    const {world, nextName} = this.#cluster;
    const process = new SimulatedProcess(nextName(this.name), world);
    const address = clientAddress(process.random.id());
    const {clock, timers} = process.world;
    const {system, random} = process;
    const session = new Session({clock, timers, tell: order => system.tell(address, order)});
    const {inFlightMax = bounds.inFlightMax, queuedMax = bounds.queuedMax} = this.#plan;
    const settings = {...bounds, inFlightMax, queuedMax, address, random};
    system.spawn(address, new ClientSession(settings), event => {
      this.#onEvent(address, event as ClientEvent);
      session.onEvent(event as ClientEvent);
    });
    process.transport.onStatus(status => system.tell(address, {kind: 'connection', status}));
    const rest = {deployment: undefined, wanting: true, submitted: 0, resting: false};
    const life: Life = {process, address, session, ...rest};
    this.#life = life;
    void this.#keepLoaded(life);
    void this.#submitAll(life);
  }

  crash(): void {
    if (this.#life === undefined) return;
    this.#life.process.crash();
    this.#cluster.ledger.crashed(this.#life.address);
  }

  stop(): void {
    this.#life?.process.enter(() => {
      void this.release().then(() => this.crash());
    });
  }

  /** Submits nothing more. */
  rest(): void {
    if (this.#life !== undefined) this.#life.resting = true;
  }

  /** Gives the network back, and wants it no more. */
  async release(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    life.wanting = false;
    if (life.deployment !== undefined) await this.#release(life, life.deployment);
    life.deployment = undefined;
  }

  async #release({session, process}: Life, deployment: Deployment): Promise<void> {
    session.released(deployment);
    const {id} = deployment;
    try {
      await session.askCoordinator(
        ask => ({kind: 'release', ask, deployment: id}),
        releaseTimeoutMs,
      );
    } catch (error) {
      // What nobody keeps expires.
      const {code} = InferenceError.from(error);
      this.#cluster.world.trace.note(process.name, `could not release ${id}: ${code}`);
    }
  }

  async #keepLoaded(life: Life): Promise<void> {
    while (life.wanting && life.deployment === undefined) {
      try {
        const deployment = await this.#load(life);
        if (life.wanting) life.deployment = deployment;
        else await this.#release(life, deployment);
        await this.#reloadLater(life);
      } catch (error) {
        const {code, message} = InferenceError.from(error);
        this.#cluster.world.reached.note(`a load ended as ${code}`);
        this.#cluster.world.trace.note(life.process.name, `load: ${code}: ${message}`);
        await life.process.delay(loadAgainMs);
      }
    }
  }

  async #reloadLater(life: Life): Promise<void> {
    const {reloadMs} = this.#plan;
    if (reloadMs === undefined) return;
    await life.process.delay(reloadMs);
    const {deployment} = life;
    if (deployment === undefined || !this.#cluster.storming) return;
    life.deployment = undefined;
    await this.#release(life, deployment);
  }

  async #load({session, process}: Life): Promise<Deployment> {
    const {device} = this.#plan;
    const order = {
      network: this.#network,
      device,
      config: {},
      affinity: {},
      preprocessing: null,
      states: [],
    };
    const leader = this.#cluster.leader;
    const answer = await session.askCoordinator(
      ask => ({kind: 'load', ask, order}),
      orderTimeoutMs,
    );
    if (leader !== undefined && leader !== this.#cluster.leader) {
      this.#cluster.world.reached.note('another coordinator took over an order');
    }
    const deployment = answer as Deployment;
    this.#cluster.world.trace.note(process.name, `has loaded ${deployment.id}`);
    session.loaded(deployment, changed => {
      this.#cluster.world.reached.note('a deployment changed');
      this.#cluster.changed(changed);
    });
    return deployment;
  }

  async #submitAll(life: Life): Promise<void> {
    const {process} = life;
    while (!life.resting) {
      if (life.deployment !== undefined) this.#submit(life, life.deployment);
      await process.delay(this.#plan.everyMs * this.#cluster.pace * 2 * process.random.next());
    }
  }

  #submit(life: Life, deployment: Deployment): void {
    const {ledger, shelf} = this.#cluster;
    const {process, address, session} = life;
    const {timeoutMs, cancelled = 0} = this.#plan;
    const id = life.submitted++;
    const tensors = new Map([['x', shelf.input(this.#network, `x of ${address}/${id}`)]]);
    const expected = shelf.compute(this.#network, tensors);
    const deadlineAt = process.world.clock.now() + timeoutMs;
    ledger.submitted({client: address, process, request: id, deadlineAt, expected});
    const submission = session.submit(deployment, tensors, {timeoutMs, profile: false});
    invariant(submission.id === id, 'requests of a session are numbered from 0');
    // The ledger knows how it ends.
    submission.outcome.catch(() => {});
    if (!process.random.chance(cancelled)) return;
    process.world.timers.after(process.random.next() * cancelMsMax, () => session.cancel(id));
  }

  #onEvent(address: string, event: ClientEvent): void {
    if (event.kind === 'done' || event.kind === 'failed')
      this.#cluster.ledger.ended(address, event);
  }
}
