import type {BuiltVariant, Deployment} from '../schemas/deployment.js';
import {InferenceError} from '../src/errors.js';
import type {Flow} from '../src/kernel/flows.js';
import type {Wish, Wishes} from '../src/plan/wish.js';
import {standardConfig} from '../src/plugin/config.js';
import {buildVariants, type DeployContext, type Unbuilt, wishKey} from './build-variants.js';
import {type DeploymentFacts, describeDeployment, describeImport} from './describe-deployment.js';
import type {KeptDeployment} from './kept-deployment.js';
import {inspect} from './split.js';

interface Fulfilled {
  /** In priority order. */
  readonly built: readonly BuiltVariant[];
  readonly unbuilt: readonly Unbuilt[];
}

/**
 * Brings a deployment to what is wished of it: builds the variants that it lacks, and changes it. What
 * comes to the same for clients changes nothing. Throws if there would be no variant; then it is as it
 * was before.
 */
export function* deploy(
  kept: KeptDeployment,
  wishes: Wishes,
  context: DeployContext,
): Flow<Deployment> {
  const fulfilled =
    wishes.mode === 'all'
      ? yield* fulfilAll(kept, wishes.list, context)
      : yield* fulfilFirst(kept, wishes.list, context);
  if (fulfilled.built.length === 0) throw failureOf(kept, fulfilled.unbuilt);
  const deployment = yield* describe(kept, wishes, {fulfilled, context});
  const {deployment: known, saved} = kept;
  if (known !== null && saved && isSame(known, deployment)) {
    kept.loading([]);
    return known;
  }
  kept.change(fulfilled.built, deployment);
  yield* context.store({kind: 'save', record: kept.record});
  // Unless a client has told of a later epoch meanwhile.
  kept.saved = kept.deployment === deployment;
  return deployment;
}

/** Whether `deploy` would change anything. */
export function isFulfilled(kept: KeptDeployment, {mode, list}: Wishes): boolean {
  if (!kept.saved) return false;
  const built = new Set(kept.built.map(({key}) => key));
  const open = list.map(wishKey).filter(key => !kept.refused.has(key));
  const wanted = mode === 'all' ? open : open.slice(0, kept.wanted);
  return wanted.length === built.size && wanted.every(key => built.has(key));
}

/** Every wish; one that cannot be had keeps what there was for it, while that is alive. */
function* fulfilAll(
  kept: KeptDeployment,
  wishes: readonly Wish[],
  context: DeployContext,
): Flow<Fulfilled> {
  const missing = wishes.filter(wish => builtFor(kept, wish) === undefined);
  const {built, unbuilt} = yield* buildVariants(kept, missing, context);
  const unused = kept.alive(context.devices());
  const chosen = wishes.flatMap(wish => {
    const found = builtFor(kept, wish) ?? built.get(wish);
    if (found !== undefined) return [found];
    const old = unused.findIndex(({variant}) => variant.device === wish.label);
    return old < 0 ? [] : unused.splice(old, 1);
  });
  return {built: chosen, unbuilt};
}

/** As many as are wanted of those that come first; none: whatever is alive. */
function* fulfilFirst(
  kept: KeptDeployment,
  wishes: readonly Wish[],
  context: DeployContext,
): Flow<Fulfilled> {
  const chosen: BuiltVariant[] = [];
  const failed: Unbuilt[] = [];
  for (const wish of wishes) {
    if (chosen.length >= kept.wanted) break;
    const known = builtFor(kept, wish);
    const {built, unbuilt} =
      known === undefined
        ? yield* buildVariants(kept, [wish], context)
        : {built: new Map([[wish, known]]), unbuilt: []};
    chosen.push(...built.values());
    failed.push(...unbuilt);
  }
  const built = chosen.length > 0 ? chosen : kept.alive(context.devices());
  return {built, unbuilt: failed};
}

function builtFor(kept: KeptDeployment, wish: Wish): BuiltVariant | undefined {
  const key = wishKey(wish);
  return kept.built.find(each => each.key === key);
}

function* describe(
  kept: KeptDeployment,
  {mode, list}: Wishes,
  of: {readonly fulfilled: Fulfilled; readonly context: DeployContext},
): Flow<Deployment> {
  const {fulfilled, context} = of;
  const {SCHEDULE_POLICY, ENABLE_RUNTIME_FALLBACK} = standardConfig(kept.order.config);
  const facts = kept.deployment ?? (yield* factsOf(kept, context.planner));
  const open = list.filter(wish => !kept.refused.has(wishKey(wish)));
  return {
    ...facts,
    epoch: kept.deployment === null ? 0 : kept.deployment.epoch + 1,
    variants: fulfilled.built.map(({variant}) => variant),
    schedule: SCHEDULE_POLICY,
    fallback: list.length > 1 && ENABLE_RUNTIME_FALLBACK,
    spare: mode === 'first' && open.length > fulfilled.built.length,
    lost: null,
    excluded: fulfilled.unbuilt.map(({wish, error}) => {
      return {device: wish.label, error: error.toWire()};
    }),
  };
}

function* factsOf({id, order}: KeptDeployment, planner: string): Flow<DeploymentFacts> {
  if ('exported' in order) return describeImport(id, order);
  return describeDeployment(id, order, yield* inspect(order, {batched: false, planner}));
}

/** Whether clients would do with one what they do with the other. What may be had later is no news. */
function isSame(one: Deployment, other: Deployment): boolean {
  return JSON.stringify(factsFor(one)) === JSON.stringify(factsFor(other));
}

function factsFor({variants, schedule, fallback, spare, lost, excluded}: Deployment): unknown {
  const refused = excluded
    .filter(({error}) => !InferenceError.fromWire(error).retryable)
    .map(({device, error: {code}}) => [device, code]);
  return [variants.map(({id}) => id), schedule, fallback, spare, lost, refused];
}

/** Why nothing could be built: one reason as it is, several in one text. */
function failureOf({order}: KeptDeployment, unbuilt: readonly Unbuilt[]): InferenceError {
  const [first] = unbuilt;
  if (first === undefined) {
    // One may come: requests wait a while.
    return new InferenceError('DEVICE_LOST', `no device of ${order.device} is there now`);
  }
  if (unbuilt.length === 1) return first.error;
  const reasons = unbuilt.map(({wish, error}) => `${wish.label}: ${error.code}: ${error.message}`);
  const text = `expected a device of ${order.device} to load the network; ${reasons.join('; ')}`;
  return new InferenceError(first.error.code, text, first.error.place);
}
