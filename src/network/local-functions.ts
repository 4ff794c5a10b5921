import {bodiesOf} from './captured-values.js';
import type {FunctionProto, ModelProto, NodeProto} from './generated/onnx_pb.js';

/** Finds the local function that a node calls; undefined if its operation is none. */
export type FunctionOf = (node: NodeProto) => FunctionProto | undefined;

export function localFunctions(model: ModelProto): FunctionOf {
  const functions = new Map(model.functions.map(f => [functionKey(f.name, f), f]));
  return node => functions.get(functionKey(node.opType, node));
}

/** The functions that `nodes` call, directly or not, in the model's order. */
export function calledFunctions(
  model: ModelProto,
  nodes: readonly NodeProto[],
): readonly FunctionProto[] {
  const functionOf = localFunctions(model);
  const called = new Set<FunctionProto>();
  const visit = (node: NodeProto): void => {
    for (const body of bodiesOf(node)) body.node.forEach(visit);
    const callee = functionOf(node);
    if (callee === undefined || called.has(callee)) return;
    called.add(callee);
    callee.node.forEach(visit);
  };
  nodes.forEach(visit);
  return model.functions.filter(f => called.has(f));
}

function functionKey(name: string, {domain, overload}: {domain: string; overload: string}) {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}
