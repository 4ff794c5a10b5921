import {clientIndex, type Edge, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import type {StatePair} from '../../schemas/state.js';
import {InferenceError} from '../errors.js';

/** A pair, and the edges that it lies on. */
interface Placed {
  readonly name: string;
  readonly made: Edge;
  readonly read: Edge;
}

/**
 * A stage graph whose states stay with their stages: outputs of pairs do not go to the client any
 * more, and it may leave their inputs out. Throws INVALID_ARGUMENT for what can be no state,
 * TYPE_MISMATCH, SHAPE_MISMATCH, and NOT_IMPLEMENTED for a state that two stages would share.
 */
export function withStates(graph: StageGraph, pairs: readonly StatePair[]): StageGraph {
  if (pairs.length === 0) return graph;
  const placed = pairs.map(pair => place(graph, pair));
  const made = new Set(placed.map(each => each.made));
  const read = new Set(placed.map(each => each.read));
  const kept = graph.edges.filter(edge => !made.has(edge));
  return {
    edges: kept.map(edge => (read.has(edge) ? {...edge, optional: true} : edge)),
    stages: graph.stages.map(stage => {
      const own = placed.filter(each => each.made.from === stage.index);
      if (own.length === 0) return stage;
      const states = own.map(each => {
        return {name: each.name, output: each.made.output, input: each.read.input};
      });
      return {...stage, states};
    }),
  };
}

function place(graph: StageGraph, {output, input}: StatePair): Placed {
  const made = graph.edges.find(edge => edge.to === clientIndex && edge.input === output);
  if (made === undefined || made.from === clientIndex) {
    throw invalid(input, `${output} to be made by an operation`);
  }
  const reads = graph.edges.filter(edge => edge.from === clientIndex && edge.output === input);
  const [read] = reads;
  if (read === undefined || read.to === clientIndex) {
    throw invalid(input, 'it to be read by an operation');
  }
  const elsewhere = reads.find(edge => edge.to !== made.from);
  if (elsewhere !== undefined) throw shared(graph, input, {made, read: elsewhere});
  checkFits(graph.stages[made.from], {name: input, made, read});
  return {name: input, made, read};
}

/** What the output is must be what the input takes, as far as both are known. */
function checkFits(stage: Stage | undefined, {name, made, read}: Placed): void {
  const from = stage?.outputs.find(info => info.name === made.output);
  const to = stage?.inputs.find(info => info.name === read.input);
  if (from === undefined || to === undefined) return;
  const text = `state ${name}: expected ${made.output} to be as ${read.input} is`;
  if (from.type !== to.type) {
    throw new InferenceError('TYPE_MISMATCH', `${text}, ${to.type}, given ${from.type}`);
  }
  if (from.shape === null || to.shape === null) return;
  const fits = from.shape.every((size, axis) => {
    const other = to.shape?.[axis];
    return typeof size === 'string' || typeof other === 'string' || size === other;
  });
  if (fits && from.shape.length === to.shape.length) return;
  const given = `[${to.shape}], given [${from.shape}]`;
  throw new InferenceError('SHAPE_MISMATCH', `${text}, ${given}`);
}

function shared(
  {stages}: StageGraph,
  name: string,
  {made, read}: Pick<Placed, 'made' | 'read'>,
): InferenceError {
  const [maker, reader] = [made.from, read.to].map(index => stages[index]?.name);
  const text =
    `state ${name}: expected one stage to make and to read it, given ${maker} and ${reader}; ` +
    'place its operations on one device by setAffinity';
  return new InferenceError('NOT_IMPLEMENTED', text);
}

function invalid(name: string, expected: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', `state ${name}: expected ${expected}`);
}
