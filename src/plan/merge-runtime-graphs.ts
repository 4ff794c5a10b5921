import type {PlacedNode, RuntimeGraph, RuntimeNetwork} from '../../schemas/runtime-graph.js';
import {clientIndex, type Stage, type StageGraph} from '../../schemas/stage-graph.js';

/**
 * The runtime graph of a network out of those of its stages, by index. Values that cross keep the
 * name that they have where they are made, or the network's own; inner ones get their stage's before
 * theirs, for a device makes up the same names for every stage. What nobody makes is a constant, and
 * left out.
 */
export function mergeRuntimeGraphs(
  {stages, edges}: StageGraph,
  graphs: readonly RuntimeGraph[],
  network: Pick<RuntimeNetwork, 'name' | 'inputs' | 'outputs'>,
): RuntimeNetwork {
  const given = new Map(edges.map(edge => [`${edge.to} ${edge.input}`, edge]));
  const asked = new Map(
    edges
      .filter(({from, to}) => from !== clientIndex && to === clientIndex)
      .map(({from, output, input}) => [`${from} ${output}`, input]),
  );
  const valueName = (stage: Stage, name: string): string => {
    const edge = given.get(`${stage.index} ${name}`);
    if (edge === undefined) return asked.get(`${stage.index} ${name}`) ?? `${stage.name}/${name}`;
    const source = stages[edge.from];
    return source === undefined ? edge.output : valueName(source, edge.output);
  };
  const nodes = stages.flatMap(stage => {
    const named = (name: string) => valueName(stage, name);
    return sorted(graphs[stage.index]?.nodes ?? []).map((node): PlacedNode => {
      const {inputs, outputs} = node;
      const values = {inputs: inputs.map(named), outputs: outputs.map(named)};
      return {...node, ...values, stage: stage.name, device: deviceOf(stage)};
    });
  });
  const known = new Set([
    ...network.inputs.map(({name}) => name),
    ...nodes.flatMap(({outputs}) => outputs),
  ]);
  const varying = nodes.map(node => ({...node, inputs: node.inputs.filter(n => known.has(n))}));
  return {...network, nodes: varying};
}

/** The first replica speaks for all. */
function deviceOf({device, replicas}: Stage): string {
  return replicas[0]?.device ?? device;
}

/** Each after those whose outputs it reads; otherwise as they come. */
function sorted(nodes: RuntimeGraph['nodes']): RuntimeGraph['nodes'] {
  const made = new Set(nodes.flatMap(({outputs}) => outputs));
  const done = new Set<string>();
  const order: RuntimeGraph['nodes'][number][] = [];
  let waiting = nodes;
  while (waiting.length > 0) {
    const left = waiting.filter(node => {
      if (node.inputs.some(name => made.has(name) && !done.has(name))) return true;
      for (const name of node.outputs) done.add(name);
      order.push(node);
      return false;
    });
    // What is in a circle, if a device tells such things, stays as it came.
    if (left.length === waiting.length) return [...order, ...left];
    waiting = left;
  }
  return order;
}
