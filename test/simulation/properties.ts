import type {Cluster} from './cluster.js';
import type {Scenario} from './scenario.js';

/** Timers that a process has while nothing is asked of it. */
const idleTimersMax = {device: 1, coordinator: 5, client: 0};

/** Every request that somebody waits for has ended, some time after its deadline. */
export function everyRequestSettles({ledger, world}: Cluster): void {
  for (const {client, request, outcome, process, deadlineAt} of ledger.entries) {
    if (outcome !== undefined || process.world.clock.now() <= deadlineAt) continue;
    world.broken.report('every request settles once', `${client}/${request} has not ended`);
  }
}

/** What was wanted before is there again: each client's requests since then have succeeded. */
export function newRequestsSucceed({clients, ledger, world}: Cluster, since: number): void {
  const sentence = 'after faults stop every wanted deployment is loaded and new requests succeed';
  for (const {name, address, plan} of clients) {
    if (plan.refusedAs !== undefined) continue;
    const mine = ledger.entries.filter(
      ({client, submittedAt}) => client === address && submittedAt >= since,
    );
    const failed = mine.filter(({outcome}) => outcome !== 'done' && outcome !== 'CANCELLED');
    if (mine.length === 0) world.broken.report(sentence, `${name} has nothing loaded`);
    for (const {request, outcome} of failed) {
      world.broken.report(sentence, `${name}: request ${request} ended as ${outcome}`);
    }
  }
}

/** Whoever wants what nobody may run is told why, whether it was loaded once or not. */
export function poisonIsRefused({clients, ledger, world}: Cluster, since: number): void {
  const sentence = 'a poisonous network is quarantined, and its client is told so';
  for (const {name, address, plan, lastRefusal} of clients) {
    if (plan.refusedAs === undefined) continue;
    const mine = ledger.entries.filter(
      ({client, submittedAt}) => client === address && submittedAt >= since,
    );
    const codes = new Set(mine.length > 0 ? mine.map(({outcome}) => outcome) : [lastRefusal]);
    if (codes.size === 1 && codes.has(plan.refusedAs)) continue;
    world.broken.report(sentence, `${name} was told ${[...codes]}`);
  }
}

/** Every member of a virtual device serves. */
export function everyVariantIsThere({clients, world}: Cluster): void {
  for (const {name, plan, deployment} of clients) {
    const {variants: expected} = plan;
    const {variants = [], excluded = []} = deployment ?? {};
    if (expected === undefined || variants.length === expected) continue;
    const why = excluded.map(({device, error}) => `${device}: ${error.code}: ${error.message}`);
    const what = `${name} has ${variants.length} of ${expected} variants; ${why.join('; ')}`;
    world.broken.report('every member of a virtual device comes back', what);
  }
}

/** Networks are back on all that they are to be laid out on. */
export function everyMemberIsUsed({clients, world}: Cluster): void {
  for (const {name, plan, deployment} of clients) {
    const stages = (deployment?.variants ?? []).flatMap(({stageGraph}) => stageGraph.stages);
    const missing = (plan.uses ?? []).filter(
      label => !stages.some(stage => stage.device === label),
    );
    if (missing.length === 0) continue;
    world.broken.report('every network is laid out in full', `${name} is not on ${missing}`);
  }
}

/** What a scenario rules out. */
export function neverHappens({world}: Cluster, never: readonly string[]): void {
  for (const what of never) {
    const times = world.reached.counts.get(what) ?? 0;
    if (times > 0)
      world.broken.report('what nothing leads to does not happen', `${what}: ${times}`);
  }
}

/** Coordinators that take over leave alone what is well. */
export function nothingMoves({world}: Cluster): void {
  const changes = world.reached.counts.get('a deployment changed') ?? 0;
  if (changes === 0) return;
  world.broken.report('what is well stays where it is', `${changes} changes of deployments`);
}

export function someCoordinatorLeads({coordinators, world}: Cluster): void {
  const leading = coordinators.filter(({leads}) => leads).length;
  if (leading === 1) return;
  world.broken.report('one coordinator leads', `${leading} lead after all faults`);
}

/** After the clients have gone, nothing is left of what they had. */
export function nothingLeaks(cluster: Cluster): void {
  for (const what of leaksOf(cluster)) cluster.world.broken.report('nothing leaks', what);
}

/** What clients that have gone had. */
export function leaksOf(cluster: Cluster): readonly string[] {
  const {devices, store} = cluster;
  const leaks: string[] = [];
  const report = (what: string) => leaks.push(what);
  for (const {plugin, process} of devices) {
    for (const address of plugin.stages) report(`${process.name} still holds ${address}`);
    const stages = process.transport.addresses.filter(address => address.startsWith('stage.'));
    for (const address of stages) report(`somebody is at ${address} in ${process.name}`);
  }
  for (const key of store.keys('deployment.')) report(`the store has ${key}`);
  reportTimers(cluster, report);
  return leaks;
}

function reportTimers(cluster: Cluster, report: (what: string) => unknown): void {
  const {devices, coordinators, clients} = cluster;
  const groups = [
    {processes: devices.map(({process}) => process), most: idleTimersMax.device},
    {processes: coordinators.flatMap(each => each.processes), most: idleTimersMax.coordinator},
    {processes: clients.flatMap(each => each.processes), most: idleTimersMax.client},
  ];
  for (const {processes, most} of groups) {
    for (const {name, pendingTimers} of processes) {
      if (pendingTimers > most) report(`${name} has ${pendingTimers} timers, idle ones: ${most}`);
    }
  }
}

/** The scenario can happen at all. */
export function everyoneIsThere({nodes, devices, world}: Cluster, scenario: Scenario): void {
  const expected = scenario.nodes.flatMap(node => node.devices).length;
  if (devices.length === expected) return;
  world.broken.report('every device comes back', `${devices.length} of ${nodes.length} nodes`);
}
