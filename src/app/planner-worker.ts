import {invariant, unreachable} from '../errors.js';
import {extractStage} from '../network/extract-stage.js';
import type {Network} from '../network/network.js';
import {readNetwork} from '../network/read-network.js';
import {skeleton} from '../network/skeleton.js';
import {withTypes} from '../network/with-types.js';
import {writeModel} from '../network/write-model.js';
import {type Reply, replyOf} from '../plugin/reply.js';
import {rebatch} from '../transform/batch/rebatch.js';
import {lowerPrecision} from '../transform/low-precision/lower-precision.js';
import type {
  ExtractAnswer,
  PlannerWork,
  ReadAnswer,
  RebatchAnswer,
  TransformAnswer,
} from './planner-work.js';

/** Networks kept parsed: the one being loaded is asked about several times. */
const keptMax = 2;
/** Above this, devices are asked about the network without its large weights. */
const wholeBytesMax = 8 * 1024 * 1024;
/** Weights up to this size stay in: shapes, axes and scales that types depend on. */
const tensorBytesMax = 4096;

const kept = new Map<string, Network>();

type Answer = TransformAnswer | ReadAnswer | RebatchAnswer | ExtractAnswer | Uint8Array | null;

/** The planner's worker: parses and cuts networks, which may take seconds for a large one. */
export function handle(work: PlannerWork): Promise<Reply<Answer>> {
  return replyOf(() => answer(work));
}

function answer(work: PlannerWork): Answer {
  switch (work.kind) {
    case 'transform':
      return transform(work);
    case 'read':
      return read(work);
    case 'describe':
      return describe(work);
    case 'rebatch':
      return rebatched(work);
    case 'extract':
      return extract(work);
    default:
      return unreachable(work);
  }
}

function parsed({digest, model}: Exclude<PlannerWork, {kind: 'describe'}>): Network {
  const known = kept.get(digest);
  if (known !== undefined) return known;
  const network = readNetwork(model);
  kept.set(digest, network);
  if (kept.size > keptMax) {
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      break;
    }
  }
  return network;
}

function transform(work: PlannerWork & {readonly kind: 'transform'}): TransformAnswer {
  const lowered = lowerPrecision(parsed(work));
  if (lowered === undefined) return null;
  const {network, made, removed} = lowered;
  return {model: writeModel(network.model), rewrite: {made, removed}};
}

function read(work: PlannerWork & {readonly kind: 'read'}): ReadAnswer {
  const network = parsed(work);
  const {graph, inputs} = network;
  const weighs = [...graph.initializers.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (Math.max(weighs, work.model.byteLength) <= wholeBytesMax)
    return {graph, inputs, skeleton: null};
  return {graph, inputs, skeleton: writeModel(skeleton(network, tensorBytesMax).model)};
}

function rebatched(work: PlannerWork & {readonly kind: 'rebatch'}): RebatchAnswer {
  const {network, tied} = rebatch(parsed(work), work.inferred);
  return {model: writeModel(network.model), tied};
}

/** Nobody asks about this one again, so it is not kept. */
function describe({model, values}: PlannerWork & {readonly kind: 'describe'}): Uint8Array | null {
  const described = withTypes(readNetwork(model), values);
  return described === undefined ? null : writeModel(described);
}

function extract(work: PlannerWork & {readonly kind: 'extract'}): ExtractAnswer {
  const network = parsed(work);
  return work.parts.map(part => {
    const inputs = part.inputs.map(name => {
      const value = work.values.get(name);
      invariant(value?.kind === 'tensor', `${name} is cut, but is no tensor`);
      return {name, type: value.type, shape: value.shape === null ? null : [...value.shape]};
    });
    return extractStage(network, {...part, inputs}, work.values);
  });
}
