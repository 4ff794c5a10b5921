import type {NetworkGraph} from '../../schemas/network-graph.js';
import {InferenceError, invariant} from '../errors.js';
import type {Assignment} from './assignment.js';
import {operationRoles} from './constants.js';
import {type Candidate, DeviceSupport} from './device-support.js';
import {FallbackPolicy} from './fallback-policy.js';
import {indexNetwork, operationAt} from './network-index.js';
import {GreedyPartition, type PipelineDevices} from './partition-greedily.js';
import {type Link, pipelineCosts, type UnitNetwork} from './pipeline-costs.js';
import {PipelinePeriod} from './pipeline-period.js';
import {quantizedPatterns} from './quantized-patterns.js';
import {wholePatterns} from './whole-patterns.js';

export interface CostCandidate extends Candidate {
  /** Work per millisecond, above 0. */
  readonly speed: number;
}

export interface CostRequest {
  readonly graph: NetworkGraph;
  readonly candidates: readonly CostCandidate[];
  /** Work of an operation; 1 for one that is not in it. */
  readonly work: ReadonlyMap<string, number>;
  /** The connection from one device to another. */
  link(from: string, to: string): Link;
}

export interface CostAssignment extends Assignment {
  /** The time of the slowest device or connection: a request can finish so often. */
  readonly periodMs: number;
  /** No assignment can have a period below this. */
  readonly atLeastMs: number;
}

const bisectionsMax = 24;
/** Devices looked at in all, so that planning ends within a second. */
const effortMax = 4_000_000;

/**
 * MODEL_DISTRIBUTION_POLICY=PIPELINE_PARALLEL: parts of a topological order on devices so that the
 * slowest device or connection takes the least time. Bisects the period over a greedy partition, a
 * heuristic: intervals on devices of unequal speeds are NP-hard (Benoit, Robert 2008). What the
 * fallback policy would do is the first guess, so the result is never worse.
 *
 * Throws UNSUPPORTED_OPERATIONS, and UNKNOWN_DEVICE if there are no candidates.
 */
export function assignByCost(request: CostRequest): CostAssignment {
  const {graph, candidates} = request;
  if (candidates.length === 0) {
    const message = `expected at least one device for network '${graph.name}', given none`;
    throw new InferenceError('UNKNOWN_DEVICE', message);
  }
  const index = indexNetwork(graph);
  const roles = operationRoles(graph, index);
  const support = candidates.map(candidate => new DeviceSupport(candidate, index, roles));
  const units = wholePatterns(index, roles, quantizedPatterns(index, roles), unit =>
    support.some(device => device.takes(unit)),
  );
  const network: UnitNetwork = {index, roles, units};
  const fallback = new FallbackPolicy(index, network.units).assign(
    support.map(device => () => device),
  );
  const devices = pipelineDevices(request);
  const work = (at: number) => request.work.get(operationAt(index, at).name) ?? 1;
  const costs = pipelineCosts(network, work, support);
  const period = new PipelinePeriod(network, costs, devices);
  const numbers = new Map(candidates.map(({device}, at) => [device, at]));
  const first = network.units.units.map(([operation = 0]) => {
    const device = fallback.affinity.get(operationAt(index, operation).name);
    return numbers.get(device ?? '') ?? 0;
  });
  const partition = new GreedyPartition(costs, devices, {left: effortMax});
  const best = bisect(first, period, periodMs => {
    const parts = partition.of(periodMs);
    return parts?.flatMap(({device, from, to}) => Array.from({length: to - from}, () => device));
  });
  return describe(network, candidates, best, period);
}

function pipelineDevices({candidates, link}: CostRequest): PipelineDevices {
  const names = candidates.map(({device}) => device);
  const speeds = candidates.map(({device, speed}) => {
    invariant(speed > 0, `the speed of ${device} is ${speed}`);
    return speed;
  });
  return {speeds, link: (from, to) => link(names[from] ?? '', names[to] ?? '')};
}

/** The device of each unit, with the least period that is found. */
function bisect(
  first: readonly number[],
  period: PipelinePeriod,
  partition: (periodMs: number) => readonly number[] | undefined,
): readonly number[] {
  let best = first;
  let bestMs = period.of(first);
  let low = period.atLeastMs;
  let high = bestMs;
  for (let step = 0; step < bisectionsMax && high > low * 1.001; step++) {
    const middle = step === 0 ? low : (low + high) / 2;
    const found = partition(middle);
    const foundMs = found === undefined ? Number.POSITIVE_INFINITY : period.of(found);
    if (found !== undefined && foundMs < bestMs) [best, bestMs] = [found, foundMs];
    if (found === undefined) low = middle;
    else high = middle;
  }
  return best;
}

function describe(
  {index, units}: UnitNetwork,
  candidates: readonly CostCandidate[],
  deviceOf: readonly number[],
  period: PipelinePeriod,
): CostAssignment {
  const [periodMs, atLeastMs] = [period.of(deviceOf), period.atLeastMs];
  const ratio = atLeastMs === 0 ? 1 : periodMs / atLeastMs;
  const reason =
    `balances the pipeline: its slowest part takes ${periodMs.toPrecision(3)} ms, ` +
    `${ratio.toFixed(2)} × the least possible`;
  const affinity = new Map<string, string>();
  units.units.forEach((unit, at) => {
    for (const operation of unit) {
      affinity.set(operationAt(index, operation).name, candidates[deviceOf[at] ?? 0]?.device ?? '');
    }
  });
  const reasons = new Map([...affinity.keys()].map(name => [name, reason]));
  return {affinity, reasons, periodMs, atLeastMs};
}
