import type {BuiltVariant, Deployment, DeploymentRecord, Variant} from '../schemas/deployment.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {ClientMessage} from '../schemas/messages/client.js';
import type {LoadOrder} from '../schemas/split-order.js';
import type {Replica} from '../schemas/stage-graph.js';
import type {InferenceError} from '../src/errors.js';
import type {SendEffect} from '../src/kernel/behaviour.js';
import type {Wishes} from '../src/plan/wish.js';

/** Stages that new requests do not go to any more. */
export interface Retired {
  readonly replicas: readonly Replica[];
  /** Clients that know this epoch, or a later one, send them nothing new. */
  readonly epoch: number;
  /** Undefined until the first look at it. */
  since: number | undefined;
  /** Somebody is looking whether it still has work. */
  looking: boolean;
  /** Looks in a row that found it without. */
  idle: number;
}

/** A client that is silent for so long about a new epoch is not waited for. */
const unknownMsMax = 30_000;
/** No leader has told of more epochs than this without saving one. */
const epochsAheadMax = 1_000_000;

/** A deployment as its coordinator keeps it. */
export class KeptDeployment {
  readonly id: string;
  readonly order: LoadOrder;
  /** An earlier leader deployed it. */
  readonly recovered: boolean;
  /** Null until it is loaded. */
  deployment: Deployment | null;
  /** Undefined until the first look after loading, which may have taken longer than `keepMs`. */
  keptUntil: number | undefined;
  /** The ask that it was loaded for; unknown of what an earlier leader deployed. */
  askedBy: string | undefined;
  /** How many of the devices that AUTO uses one at a time are to be there. */
  wanted = 1;
  /** Its user, or nobody's interest, has ended it. */
  released = false;
  /** It is being laid out. */
  working = false;
  /** Attempts in a row that did not lay it out as wished. */
  failures = 0;
  /** Wishes that cannot be had, by key, and why. */
  readonly refused = new Map<string, InferenceError>();
  /** Addresses of devices that cannot import what was exported. */
  unfit: ReadonlySet<string> = new Set();
  /**
   * The store knows it as it is. Until then clients are told nothing: another leader would not know
   * of the epoch, and give its number to another.
   */
  saved = true;
  built: readonly BuiltVariant[];
  retired: readonly Retired[] = [];
  #loading: readonly Replica[] = [];
  #intended: readonly string[] = [];
  #nextVariant: number;
  /** Who uses it, by address: the epoch that each one knows, and until when that counts. */
  readonly #clients = new Map<string, {epoch: number; until: number}>();

  constructor(id: string, order: LoadOrder, record?: DeploymentRecord) {
    this.id = id;
    this.order = order;
    this.recovered = record !== undefined;
    this.deployment = record?.deployment ?? null;
    this.built = record?.built ?? [];
    this.#nextVariant = record?.nextVariant ?? 0;
    const serving = new Set(this.#serving.map(({address}) => address));
    const left = record?.replicas.filter(({address}) => !serving.has(address)) ?? [];
    if (left.length > 0) this.retired = [retire(left, 0)];
  }

  /** Names what it was made from, among all that clients load. */
  get contentKey(): string {
    if ('network' in this.order) return this.order.network.model.digest;
    const stages = this.order.exported.variants.flatMap(variant => variant.stages);
    return stages.map(({network}) => network?.model.digest ?? '').join();
  }

  get record(): DeploymentRecord {
    const {id, order, deployment, built} = this;
    return {id, order, deployment, built, replicas: this.replicas, nextVariant: this.#nextVariant};
  }

  /** Everything that it holds on devices, or is about to. */
  get replicas(): readonly Replica[] {
    const retired = this.retired.flatMap(({replicas}) => replicas);
    return [...this.#serving, ...this.#loading, ...retired];
  }

  /** Names of devices, one for each stage on it; for each stage's place before stages are known. */
  get occupied(): readonly string[] {
    const {replicas} = this;
    return replicas.length === 0 ? this.#intended : replicas.map(({device}) => device);
  }

  /** Loads at the same time are to be spread over devices, before anything is on them. */
  intend({mode, list, helper}: Wishes): void {
    const wishes = mode === 'all' ? list : [helper ?? list[0] ?? []].flat();
    const devices = wishes.flatMap(({chosen}) => chosen.flatMap(each => each.devices));
    this.#intended = devices.map(({name}) => name);
  }

  get #serving(): readonly Replica[] {
    return this.built.flatMap(({variant}) => replicasOf(variant));
  }

  /** Of its variants, those whose devices are all there. */
  alive(devices: readonly DeviceDescription[]): BuiltVariant[] {
    const there = new Set(devices.map(({address}) => address));
    return this.built.filter(each => each.devices.every(address => there.has(address)));
  }

  get clients(): number {
    return this.#clients.size;
  }

  nextVariant(): number {
    return this.#nextVariant++;
  }

  loading(replicas: readonly Replica[]): void {
    this.#loading = replicas;
  }

  /** Takes a new list of variants; what is in it no more is retired. */
  change(built: readonly BuiltVariant[], deployment: Deployment): void {
    const staying = new Set(built.map(({variant}) => variant.id));
    const leaving = this.built.filter(({variant}) => !staying.has(variant.id));
    const replicas = leaving.flatMap(({variant}) => replicasOf(variant));
    if (replicas.length > 0) {
      this.retired = [...this.retired, retire(replicas, deployment.epoch)];
    }
    this.#loading = [];
    this.saved = false;
    this.built = built;
    this.deployment = deployment;
  }

  /** Its variants are gone, and others cannot be had; false if that is known. */
  lose(error: InferenceError): boolean {
    const {deployment} = this;
    const lost = error.toWire();
    if (deployment === null || deployment.lost?.message === lost.message) return false;
    this.deployment = {...deployment, epoch: deployment.epoch + 1, lost};
    this.saved = false;
    return true;
  }

  /**
   * A client knows a later epoch, which an earlier leader told it of and did not save: what is told
   * from now on is to be news for it. False if there is none.
   */
  overtake(epoch: number): boolean {
    const {deployment} = this;
    const ahead = deployment === null ? 0 : epoch - deployment.epoch;
    if (deployment === null || ahead <= 0 || ahead > epochsAheadMax) return false;
    this.deployment = {...deployment, epoch};
    this.saved = false;
    return true;
  }

  keep(client: {readonly address: string; readonly epoch: number}, until: number): void {
    this.keptUntil = until;
    this.#clients.set(client.address, {epoch: client.epoch, until});
  }

  /** Whether it is time to look at what is retired: no client that is alive sends to it. */
  mayGo(retired: Retired, now: number): boolean {
    retired.since ??= now;
    if (retired.looking || !this.saved) return false;
    return this.#isKnown(retired.epoch, now) || now - retired.since >= unknownMsMax;
  }

  /** Clients that have not kept it for long use it no more. */
  forgetSilent(now: number): void {
    for (const [address, {until}] of this.#clients) {
      if (until <= now) this.#clients.delete(address);
    }
  }

  #isKnown(epoch: number, now: number): boolean {
    this.forgetSilent(now);
    return [...this.#clients.values()].every(client => client.epoch >= epoch);
  }

  /** Tells clients, or one, that do not know it yet of the deployment as it is. */
  announce(client?: string): SendEffect[] {
    const {deployment} = this;
    if (deployment === null || !this.saved) return [];
    const message: ClientMessage = {kind: 'deployment', deployment};
    return [...this.#clients]
      .filter(([to, {epoch}]) => epoch < deployment.epoch && to === (client ?? to))
      .map(([to]) => ({do: 'send', to, message}));
  }
}

export function replicasOf({stageGraph}: Pick<Variant, 'stageGraph'>): readonly Replica[] {
  return stageGraph.stages.flatMap(({replicas}) => replicas);
}

function retire(replicas: readonly Replica[], epoch: number): Retired {
  return {replicas, epoch, since: undefined, looking: false, idle: 0};
}
