import type {Break} from './broken.js';
import {Cluster} from './cluster.js';
import {inspectStages} from './inspector.js';
import * as properties from './properties.js';
import type {Scenario} from './scenario.js';
import type {SimulatedNetwork} from './simulated-network.js';
import {SimulatedWorld} from './simulated-world.js';
import {Storm} from './storm.js';
import {calm} from './weather.js';

/** What a run came to. */
export interface Run {
  readonly scenario: string;
  readonly seed: number;
  readonly broken: readonly Break[];
  /** Hard cases, and how often each was reached. */
  readonly reached: ReadonlyMap<string, number>;
  readonly requests: number;
  /** Lines, if they were to be kept. */
  readonly trace: readonly string[];
  /** Equal for equal traces. */
  readonly digest: string;
  /** The number that would have been drawn next: equal only if all chance was used alike. */
  readonly lastDraw: number;
}

const startMs = 3000;
const inspectMs = 1000;
const startTimes = 5;
/** After recovery, this is how long new requests are watched. */
const watchMs = 4000;
/** While everything recovers, requests are so much rarer: it is waiting, mostly. */
const restingPace = 3;
/** What was released is gone after this time. */
const releaseMs = 5000;
/** What was forgotten is gone after this time. */
const expireMs = 110_000;

export interface SimulateOptions {
  readonly trace: boolean;
  /** Spoils what goes between processes. */
  readonly tamper?: SimulatedNetwork['tamper'];
}

/** Runs a scenario with a seed: the same seed, the same run. */
export async function simulate(
  scenario: Scenario,
  seed: number,
  {trace, tamper}: SimulateOptions = {trace: false},
): Promise<Run> {
  const world = new SimulatedWorld(seed, {trace});
  if (tamper !== undefined) world.network.tamper = tamper;
  const cluster = new Cluster(scenario, world);
  try {
    await live(scenario, cluster);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.broken.report('no invariant is violated', text);
  }
  return {
    scenario: scenario.name,
    seed,
    broken: world.broken.list,
    reached: world.reached.counts,
    requests: cluster.ledger.entries.length,
    trace: world.trace.lines,
    digest: world.trace.digest,
    lastDraw: world.random.next(),
  };
}

async function live(scenario: Scenario, cluster: Cluster): Promise<void> {
  const {world} = cluster;
  for (const host of cluster.hosts) {
    world.queue.after(world.random.next() * startMs, () => host.start());
  }
  await pass(cluster, startMs);
  const storm = new Storm(scenario, cluster);
  storm.begin();
  await pass(cluster, scenario.stormMs);
  storm.end();
  cluster.pace = restingPace;
  world.network.weather = calm;
  await recover(scenario, cluster);
  await leave(cluster);
}

/** Time passes, and every stage is looked into now and then. */
async function pass(cluster: Cluster, ms: number): Promise<void> {
  const {world} = cluster;
  for (let passedMs = 0; passedMs < ms; passedMs += inspectMs) {
    await world.advance(Math.min(inspectMs, ms - passedMs));
    inspectStages(cluster);
  }
}

async function recover(scenario: Scenario, cluster: Cluster): Promise<void> {
  const {world, nodes, coordinators, clients} = cluster;
  await pass(cluster, 1000);
  for (const node of nodes) node.restartIfGivenUp();
  // Those that are about to end are started again afterwards.
  for (let time = 0; time < startTimes; time++) {
    for (const host of [...coordinators, ...clients]) host.start();
    await pass(cluster, 1000);
  }
  await pass(cluster, scenario.recoveryMsMax);
  cluster.pace = 1;
  const since = world.queue.now;
  await pass(cluster, watchMs);
  const timeoutMs = Math.max(...scenario.clients.map(client => client.timeoutMs));
  for (const client of clients) client.rest();
  // A client's clock may be slow.
  await pass(cluster, timeoutMs * 1.01);
  properties.everyoneIsThere(cluster, scenario);
  properties.someCoordinatorLeads(cluster);
  if (scenario.steady) properties.nothingMoves(cluster);
  properties.newRequestsSucceed(cluster, since);
  properties.everyVariantIsThere(cluster);
  properties.everyMemberIsUsed(cluster);
  properties.poisonIsRefused(cluster, since);
  properties.neverHappens(cluster, scenario.never ?? []);
  properties.everyRequestSettles(cluster);
}

/** What nobody released, because its client or its coordinator had gone, expires. */
async function leave(cluster: Cluster): Promise<void> {
  const {world, clients} = cluster;
  for (const client of clients) void client.release();
  await world.advance(releaseMs);
  if (properties.leaksOf(cluster).length > 0) await world.advance(expireMs);
  properties.nothingLeaks(cluster);
}
