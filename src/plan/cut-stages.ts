import type {NetworkGraph} from '../../schemas/network-graph.js';
import {invariant} from '../errors.js';
import type {AtomicUnits} from './atomic-units.js';
import {type OperationRoles, operationRoles} from './constants.js';
import {indexNetwork, type NetworkIndex, operationAt} from './network-index.js';
import {quantizedPatterns} from './quantized-patterns.js';
import {levelStages} from './stage-levels.js';
import {type StageReads, stageReads} from './stage-reads.js';
import {unitDevices} from './unit-devices.js';
import {wholePatterns} from './whole-patterns.js';

/** A stage as a part of the network. */
export interface StageCut {
  readonly device: string;
  /** Indices into the network's operations, ascending; constant operations may be in several. */
  readonly operations: readonly number[];
  /** Network inputs and other stages' outputs that it reads. */
  readonly inputs: readonly string[];
  /** Network outputs and values that other stages read, made here. */
  readonly outputs: readonly string[];
  /** Initializers that a request may override and that it reads. */
  readonly overridable: readonly string[];
  /** Bytes of the initializers that it reads. */
  readonly weightsBytes: number;
}

export interface CutOptions {
  /** Where network outputs are made that are initializers, if there is no other stage. */
  readonly defaultDevice?: string;
}

/**
 * Cuts a network into stages of one device each, in topological order; see docs/SPLITTING.md.
 * Operations that no network output depends on are left out. A network output that is a network
 * input is made by no stage; one that is an initializer is an output of the first stage that reads
 * it, else of the first stage, which may have no operations.
 *
 * Throws AFFINITY_INCOMPLETE if an operation has no device, and INVALID_ARGUMENT if a value that is
 * no tensor would have to cross between stages.
 */
export function cutStages(
  graph: NetworkGraph,
  affinity: ReadonlyMap<string, string>,
  options: CutOptions = {},
): readonly StageCut[] {
  const index = indexNetwork(graph);
  const roles = operationRoles(graph, index);
  const units = cutUnits(index, roles, affinity);
  const parts: Part[] = placeStages(units, unitDevices(index, units, affinity)).map(stage => ({
    ...stage,
    ...stageReads(index, roles, stage.placed),
    fixed: [],
  }));
  placeInitializerOutputs(index, parts, options.defaultDevice);
  const shipped = new Set(parts.flatMap(({cutValues}) => cutValues));
  for (const value of shipped) {
    invariant(graph.values.get(value)?.kind === 'tensor', `'${value}' is cut and is no tensor`);
  }
  const leaving = new Set([...shipped, ...graph.outputs]);
  return parts.map(part => finish(index, part, leaving));
}

/** Quantised patterns on one device are not cut between two stages of it either. */
function cutUnits(
  index: NetworkIndex,
  roles: OperationRoles,
  affinity: ReadonlyMap<string, string>,
): AtomicUnits {
  const deviceOf = (operation: number) => affinity.get(operationAt(index, operation).name);
  const patterns = quantizedPatterns(index, roles).filter(
    ({producer, consumer}) => deviceOf(producer) === deviceOf(consumer),
  );
  return wholePatterns(index, roles, patterns, unit => new Set(unit.map(deviceOf)).size === 1);
}

/** A stage before its outputs are known. */
interface Part extends StageReads {
  readonly device: string;
  readonly placed: readonly number[];
  /** Network outputs that are initializers. */
  readonly fixed: string[];
}

function placeStages(units: AtomicUnits, devices: readonly string[]) {
  const stages = levelStages(units, devices).map(({device, level, units: members}) => {
    const placed = members.flatMap(unit => units.units[unit] ?? []).sort((a, b) => a - b);
    return {device, level, placed};
  });
  return stages.sort((a, b) => a.level - b.level || (a.placed[0] ?? 0) - (b.placed[0] ?? 0));
}

function placeInitializerOutputs(
  {graph}: NetworkIndex,
  parts: Part[],
  defaultDevice: string | undefined,
): void {
  const values = graph.outputs.filter(value => graph.initializers.has(value));
  if (values.length === 0) return;
  if (parts.length === 0) {
    invariant(defaultDevice !== undefined, 'a network without operations needs a default device');
    parts.push({...emptyPart, device: defaultDevice, fixed: []});
  }
  for (const value of values) {
    const part = parts.find(({initializers}) => initializers.has(value)) ?? parts[0];
    part?.fixed.push(value);
  }
}

const emptyPart = {
  placed: [],
  operations: [],
  networkInputs: [],
  cutValues: [],
  initializers: new Set<string>(),
} as const;

function finish(index: NetworkIndex, part: Part, leaving: ReadonlySet<string>): StageCut {
  const {graph} = index;
  const made = part.placed.flatMap(at => operationAt(index, at).outputs);
  const initializers = new Set([...part.initializers, ...part.fixed]);
  let weightsBytes = 0;
  for (const value of initializers) weightsBytes += graph.initializers.get(value) ?? 0;
  return {
    device: part.device,
    operations: part.operations,
    inputs: [...part.networkInputs, ...part.cutValues],
    outputs: [...made.filter(value => leaving.has(value)), ...part.fixed],
    overridable: graph.overridable.filter(value => initializers.has(value)),
    weightsBytes,
  };
}
