import type {BuiltVariant} from '../schemas/deployment.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {LoadAnswer} from '../schemas/messages/device.js';
import type {SplitOrder} from '../schemas/split-order.js';
import type {StageGraph} from '../schemas/stage-graph.js';
import {InferenceError} from '../src/errors.js';
import type {Flow} from '../src/kernel/flows.js';
import type {Wish} from '../src/plan/wish.js';
import type {DeploymentTask} from './deployment-task.js';
import {type PreparedWish, prepareImports} from './import-variants.js';
import {type KeptDeployment, replicasOf} from './kept-deployment.js';
import {loadStages, type Prepared, prepareStages, releaseStages} from './lay-out.js';
import type {Quarantine} from './quarantine.js';
import {devicesOf, layOut, makeshiftOf, type Queried, queryWishes} from './split.js';

/** What building variants needs of the coordinator. */
export interface DeployContext {
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
  /** The cluster's as it is now. */
  devices(): readonly DeviceDescription[];
  store(task: DeploymentTask): Flow<unknown>;
  readonly quarantine: Quarantine;
}

/** A wish that could not be had. */
export interface Unbuilt {
  readonly wish: Wish;
  readonly error: InferenceError;
}

interface Variants {
  readonly built: ReadonlyMap<Wish, BuiltVariant>;
  readonly unbuilt: readonly Unbuilt[];
}

/** What makes two wishes the same: the ways, on the same device processes. */
export function wishKey({label, chosen, requestsMax, batch}: Wish): string {
  const devices = chosen.map(each => [each.label, ...each.devices.map(({address}) => address)]);
  return JSON.stringify([label, devices, requestsMax, batch]);
}

/**
 * Builds a variant for each wish, all at once. Those that cannot be are among `unbuilt`; wishes that
 * were found impossible before are not tried again. Throws RELEASED if the deployment was meanwhile.
 */
export function* buildVariants(
  kept: KeptDeployment,
  wishes: readonly Wish[],
  context: DeployContext,
): Flow<Variants> {
  const unbuilt: Unbuilt[] = [];
  const prepared: Prepared[] = [];
  const refuse = (wish: Wish, thrown: InferenceError) => {
    const error = refusalOf(kept, {wish, error: thrown}, context);
    unbuilt.push({wish, error});
    if (!error.retryable) kept.refused.set(wishKey(wish), error);
  };
  const open = wishes.filter(wish => {
    const reason = kept.refused.get(wishKey(wish)) ?? quarantined(kept, wish, context);
    if (reason !== undefined) refuse(wish, reason);
    return reason === undefined;
  });
  for (const {wish, result} of yield* prepareWishes(kept, open, context)) {
    if (result instanceof InferenceError) refuse(wish, result);
    else prepared.push(result);
  }
  const built = yield* load(kept, prepared, {context, refuse});
  return {built, unbuilt};
}

function* prepareWishes(
  kept: KeptDeployment,
  wishes: readonly Wish[],
  context: DeployContext,
): Flow<readonly PreparedWish[]> {
  const {order} = kept;
  if ('exported' in order) return yield* prepareImports(order.exported, wishes, kept);
  const prepared: PreparedWish[] = [];
  for (const group of [
    wishes.filter(({batch}) => batch === 1),
    wishes.filter(({batch}) => batch > 1),
  ]) {
    for (const asked of yield* ask(order, group, context)) {
      prepared.push({wish: asked.wish, result: yield* prepare(kept, asked, context)});
    }
  }
  return prepared;
}

type Asked = {readonly wish: Wish; readonly queried: Queried | InferenceError};

function* ask(
  order: SplitOrder,
  wishes: readonly Wish[],
  {planner}: DeployContext,
): Flow<readonly Asked[]> {
  try {
    const queried = yield* queryWishes(order, wishes, planner);
    return queried.map(each => ({wish: each.wish, queried: each}));
  } catch (thrown) {
    return wishes.map(wish => ({wish, queried: InferenceError.from(thrown)}));
  }
}

/** What serves stays as it is until all that it is to be laid out on is there. */
function* prepare(
  kept: KeptDeployment,
  {wish, queried}: Asked,
  {planner, devices}: DeployContext,
): Flow<Prepared | InferenceError> {
  if (queried instanceof InferenceError) return queried;
  try {
    const split = layOut(queried);
    const makeshift = makeshiftOf(split);
    if (
      makeshift !== undefined &&
      kept.alive(devices()).some(({variant}) => variant.device === wish.label)
    )
      return makeshift;
    const options = {id: kept.id, variant: kept.nextVariant(), planner};
    return yield* prepareStages(split, options);
  } catch (thrown) {
    return InferenceError.from(thrown);
  }
}

/** Recorded before it is loaded: whoever leads next finds what a crash has left on devices. */
function* load(
  kept: KeptDeployment,
  prepared: readonly Prepared[],
  {
    context,
    refuse,
  }: {
    readonly context: DeployContext;
    refuse(wish: Wish, error: InferenceError): void;
  },
): Flow<ReadonlyMap<Wish, BuiltVariant>> {
  const built = new Map<Wish, BuiltVariant>();
  throwIfReleased(kept);
  if (prepared.length === 0) return built;
  kept.loading(prepared.flatMap(replicasOf));
  yield* context.store({kind: 'save', record: kept.record});
  throwIfReleased(kept);
  for (const {device} of prepared.flatMap(({orders}) => orders)) {
    context.quarantine.onLoad(kept.contentKey, device);
  }
  const outcomes = yield* loadStages(prepared);
  for (const [at, each] of prepared.entries()) {
    const outcome = outcomes[at] ?? [];
    if (!(outcome instanceof InferenceError)) {
      built.set(each.wish, variantOf(each, outcome));
      continue;
    }
    refuse(each.wish, outcome);
    yield* releaseStages(replicasOf(each), devicesOf(each.wish));
  }
  if (kept.released) yield* releaseStages(prepared.flatMap(replicasOf), context.devices());
  throwIfReleased(kept);
  return built;
}

function quarantined(
  {contentKey}: KeptDeployment,
  wish: Wish,
  {quarantine}: DeployContext,
): InferenceError | undefined {
  const reasons = devicesOf(wish).map(device => quarantine.reason(contentKey, device));
  return reasons.find(reason => reason !== undefined);
}

/** What the devices that are left do not take, those may that the network is kept off. */
function refusalOf(
  {contentKey}: KeptDeployment,
  {wish: {barred = []}, error}: Unbuilt,
  {quarantine}: DeployContext,
): InferenceError {
  const [first] = barred;
  const why = first && quarantine.reason(contentKey, first);
  if (why === undefined || error.retryable) return error;
  const text = `${why.message}; and without it: ${error.message}`;
  return new InferenceError(why.code, text, why.place, {cause: error});
}

function throwIfReleased({released}: KeptDeployment): void {
  if (released)
    throw new InferenceError('RELEASED', 'the network was released while it was loaded');
}

/** At each slot (a batch has one for each of its requests) one runs, and the next is there. */
const requestsPerSlot = 2;

function variantOf(prepared: Prepared, answers: readonly LoadAnswer[]): BuiltVariant {
  const {wish, variant: id, orders} = prepared;
  const stageGraph = withAnswers(prepared, answers);
  const executed = stageGraph.stages.filter(({role}) => role === 'execute');
  const busy = executed.flatMap(({replicas}) => replicas.map(each => each.slots ?? 1));
  const requestsOptimal = Math.max(1, requestsPerSlot * busy.reduce((a, b) => a + b, 0));
  const requestsMax = wish.requestsMax === 'optimal' ? requestsOptimal : wish.requestsMax;
  return {
    variant: {id, device: wish.label, requestsOptimal, requestsMax, batch: wish.batch, stageGraph},
    key: prepared.makeshift ? `${wishKey(wish)}, in part` : wishKey(wish),
    devices: [...new Set(orders.map(({device}) => device.address))],
  };
}

/** The stage graph whose replicas tell what their devices answered. */
function withAnswers({stageGraph, orders}: Prepared, answers: readonly LoadAnswer[]): StageGraph {
  const byAddress = new Map(orders.map(({order}, at) => [order.address, answers[at]]));
  const stages = stageGraph.stages.map(stage => ({
    ...stage,
    replicas: stage.replicas.map(each => ({...each, ...byAddress.get(each.address)})),
  }));
  return {...stageGraph, stages};
}
