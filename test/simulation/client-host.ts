import type {ClientEvent} from '../../actors/client-event.js';
import {ClientSession} from '../../actors/client-session.js';
import {clientAddress} from '../../schemas/addresses.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {ExportedNetwork} from '../../schemas/exported-network.js';
import {priorities} from '../../schemas/priority.js';
import {ExecutableNetwork} from '../../src/client/executable-network.js';
import type {Session} from '../../src/client/session.js';
import {type ErrorCode, InferenceError, invariant} from '../../src/errors.js';
import {ClientLoad} from './client-load.js';
import type {Cluster} from './cluster.js';
import {Conversation} from './conversation.js';
import type {Host} from './host.js';
import type {Expectation} from './ledger.js';
import {RecordedSession} from './recorded-session.js';
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
  /** Of the request that is about to be submitted. */
  expected: Expectation | undefined;
  resting: boolean;
}

/** A client that wants one network, and sends it requests for as long as it lives. */
export class ClientHost implements Host {
  readonly name: string;
  readonly plan: ClientPlan;
  readonly #cluster: Cluster;
  readonly #load: ClientLoad;
  #life: Life | undefined;
  /** A file that outlives the process. */
  #exported: ExportedNetwork | undefined;
  /** Why its network was not loaded, the last time. */
  lastRefusal: ErrorCode | undefined;

  constructor(name: string, plan: ClientPlan, cluster: Cluster) {
    this.name = name;
    this.plan = plan;
    this.#cluster = cluster;
    this.#load = new ClientLoad(plan, cluster);
  }

  get processes(): readonly SimulatedProcess[] {
    return this.#life?.process.alive ? [this.#life.process] : [];
  }

  /** Of its own window. */
  get insideMax(): number {
    return this.plan.inFlightMax ?? bounds.inFlightMax;
  }

  /** As it was told of it last. */
  get deployment(): Deployment | undefined {
    return this.#life?.deployment;
  }

  get address(): string | undefined {
    return this.#life?.address;
  }

  start(): void {
    if (this.#life?.process.alive) return;
    const life = this.#begin();
    this.#life = life;
    void this.#keepLoaded(life);
    if (this.plan.conversations === undefined) void this.#submitAll(life);
  }

  #begin(): Life {
    const {world, nextName} = this.#cluster;
    const process = new SimulatedProcess(nextName(this.name), world);
    const address = clientAddress(process.random.id());
    const {clock, timers} = process.world;
    const {system, random} = process;
    const tell: ConstructorParameters<typeof Session>[0]['tell'] = order => {
      return system.tell(address, order);
    };
    const session = new RecordedSession({clock, timers, tell}, ({timeoutMs}) => {
      const {expected} = life;
      invariant(expected !== undefined, 'it is known what is to come of a request');
      life.expected = undefined;
      const request = life.submitted++;
      const deadlineAt = clock.now() + timeoutMs;
      this.#cluster.ledger.submitted({...expected, client: address, process, request, deadlineAt});
    });
    const {inFlightMax = bounds.inFlightMax, queuedMax = bounds.queuedMax} = this.plan;
    const settings = {...bounds, inFlightMax, queuedMax, address, random};
    system.spawn(address, new ClientSession(settings), event => {
      this.#onEvent(address, event as ClientEvent);
      session.onEvent(event as ClientEvent);
    });
    process.transport.onStatus(status => system.tell(address, {kind: 'connection', status}));
    const rest = {deployment: undefined, wanting: true, submitted: 0, resting: false};
    const life: Life = {process, address, session, expected: undefined, ...rest};
    return life;
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
        const deployment = await this.#order(life);
        if (life.wanting) this.#use(life, deployment);
        else await this.#release(life, deployment);
        await this.#reloadLater(life);
      } catch (error) {
        const {code, message} = InferenceError.from(error);
        this.lastRefusal = code;
        this.#exported = undefined;
        this.#cluster.world.reached.note(`a load ended as ${code}`);
        this.#cluster.world.trace.note(life.process.name, `load: ${code}: ${message}`);
        await life.process.delay(loadAgainMs);
      }
    }
  }

  #use(life: Life, deployment: Deployment): void {
    const {conversations = 0} = this.plan;
    const {process, address, session} = life;
    life.deployment = deployment;
    const load = this.#load;
    const hooks = {exported: () => load.export(deployment, session).then(() => new Uint8Array())};
    const {states} = load;
    const network = new ExecutableNetwork(session, deployment, {...hooks, released() {}, states});
    for (let at = 0; at < conversations; at++) {
      const conversation = new Conversation({
        name: `${address}/${life.submitted}/${at}`,
        plan: this.plan,
        cluster: this.#cluster,
        ...{load, process, network},
        expect: expected => {
          life.expected = {expected, hard: false, stateful: true};
        },
      });
      void conversation.hold(() => !life.resting && life.deployment?.id === deployment.id);
    }
  }

  async #reloadLater(life: Life): Promise<void> {
    const {reloadMs, travels = false} = this.plan;
    if (reloadMs === undefined) return;
    await life.process.delay(reloadMs);
    const {deployment} = life;
    if (deployment === undefined || !this.#cluster.storming) return;
    if (travels) await this.#export(life, deployment);
    life.deployment = undefined;
    await this.#release(life, deployment);
  }

  async #export({session, process}: Life, deployment: Deployment): Promise<void> {
    const {reached, trace} = this.#cluster.world;
    try {
      this.#exported = await this.#load.export(deployment, session);
      reached.note('a network was exported');
    } catch (error) {
      const {code} = InferenceError.from(error);
      reached.note(`an export ended as ${code}`);
      trace.note(process.name, `could not export ${deployment.id}: ${code}`);
    }
  }

  async #order(life: Life): Promise<Deployment> {
    const {session, process} = life;
    const leader = this.#cluster.leader;
    const answer = await session.askCoordinator(
      ask => this.#load.order(ask, this.#exported),
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
      if (life.deployment?.id === changed.id) life.deployment = changed;
    });
    return deployment;
  }

  async #submitAll(life: Life): Promise<void> {
    const {process} = life;
    while (!life.resting) {
      if (life.deployment !== undefined) this.#submit(life, life.deployment);
      await process.delay(this.plan.everyMs * this.#cluster.pace * 2 * process.random.next());
    }
  }

  #submit(life: Life, deployment: Deployment): void {
    const {shelf, storming} = this.#cluster;
    const {process, address, session} = life;
    const {random} = process;
    const {timeoutMs, cancelled = 0, hard = 0, prioritised = false} = this.plan;
    const text = `x of ${address}/${life.submitted}`;
    const isHard = hard > 0 && storming && random.chance(hard);
    const {network} = this.#load;
    const x = isHard ? shelf.hardInput(network, text) : shelf.input(network, text);
    const tensors = new Map([['x', x]]);
    life.expected = {expected: this.#load.compute(tensors), hard: isHard, stateful: false};
    const priority = prioritised ? {priority: random.pick(priorities)} : {};
    const options = {timeoutMs, profile: false, ...priority};
    const {id, outcome} = session.submit(deployment, tensors, options);
    // The ledger knows how it ends.
    outcome.catch(() => {});
    if (!random.chance(cancelled)) return;
    process.world.timers.after(random.next() * cancelMsMax, () => session.cancel(id));
  }

  #onEvent(address: string, event: ClientEvent): void {
    if (event.kind === 'done' || event.kind === 'failed')
      this.#cluster.ledger.ended(address, event);
  }
}
