import {InferenceError} from '../errors.js';
import {bodiesOf} from '../network/captured-values.js';
import type {NodeProto} from '../network/generated/onnx_pb.js';

/** From this operator set of ONNX on, it is known what changed later. */
const oldest = 13;

interface Change {
  /** The operator set from which on a node means something else, or is no node any more. */
  readonly since: number;
  /** Nodes that it is true of; all if left out. */
  readonly concerns?: (node: NodeProto) => boolean;
}

const has = (name: string) => (node: NodeProto) => node.attribute.some(each => each.name === name);

/** Axes became an input. */
const reduction: Change = {since: 18, concerns: has('axes')};

/**
 * Operations of ONNX whose nodes do not carry over to later operator sets, by the changelog of its
 * operators; whatever else changed since version 13 was added to, and means the same.
 */
const changes: Readonly<Record<string, Change>> = {
  BatchNormalization: {since: 14, concerns: ({output}) => output.length > 1},
  RoiAlign: {since: 16},
  Split: {since: 18, concerns: node => node.input.length < 2 && !has('num_outputs')(node)},
  ReduceL1: reduction,
  ReduceL2: reduction,
  ReduceLogSum: reduction,
  ReduceLogSumExp: reduction,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSumSquare: reduction,
  DFT: {since: 20},
  GridSample: {since: 20},
  GroupNormalization: {since: 21},
};

/** Throws NOT_IMPLEMENTED unless nodes of operator set `from` mean the same in `to`. */
export function checkRaised(nodes: readonly NodeProto[], from: number, to: number): void {
  if (from === to) return;
  if (from < oldest) {
    throw notRaised(`expected operator set ${oldest} or later, given ${from}`);
  }
  for (const node of nodes) {
    for (const body of bodiesOf(node)) checkRaised(body.node, from, to);
    const change =
      node.domain === '' || node.domain === 'ai.onnx' ? changes[node.opType] : undefined;
    if (change === undefined || from >= change.since || to < change.since) continue;
    if (change.concerns?.(node) === false) continue;
    throw notRaised(
      `${node.opType} of operator set ${from} is another one from ${change.since} on, and steps ` +
        `run in ${to}: export the network with operator set ${change.since} or later`,
    );
  }
}

function notRaised(text: string): InferenceError {
  return new InferenceError('NOT_IMPLEMENTED', text);
}
