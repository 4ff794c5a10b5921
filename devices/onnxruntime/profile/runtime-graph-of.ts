import type {NetworkGraph} from '../../../schemas/network-graph.js';
import type {RuntimeGraph, RuntimeNode} from '../../../schemas/runtime-graph.js';
import {constantValues, type Fusion, fusionsOf} from './fusions.js';
import type {SessionNode} from './session-nodes.js';

/**
 * The kernels of a session; where the session does not tell of them (`nodes` is undefined), the
 * network's operations: which of them are fused is known only once they were measured.
 */
export function runtimeGraphOf({
  graph,
  nodes,
}: {
  readonly graph: NetworkGraph;
  readonly nodes: readonly SessionNode[] | undefined;
}): RuntimeGraph {
  const constants = constantValues(graph);
  const own = nodes ?? graph.operations.filter(each => !each.outputs.every(o => constants.has(o)));
  const varying = new Set([...graph.inputs, ...graph.overridable, ...own.flatMap(n => n.outputs)]);
  return {nodes: fusionsOf(graph, own).map(fusion => runtimeNode(fusion, varying))};
}

function runtimeNode(
  {kernel, operation, fused}: Fusion<SessionNode>,
  varying: ReadonlySet<string>,
): RuntimeNode {
  const originals = operation === undefined ? [] : [operation, ...fused];
  return {
    name: operation?.name ?? kernel.name,
    type: kernel.type,
    originals: originals.map(({name}) => name),
    inputs: kernel.inputs.filter(name => varying.has(name)),
    outputs: kernel.outputs,
    outputTypes: [],
    execUs: null,
  };
}
