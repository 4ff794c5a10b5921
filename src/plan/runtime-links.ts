import type {RuntimeNetwork} from '../../schemas/runtime-graph.js';

/** An arrow between nodes by their places; -1 is the client. */
export interface RuntimeLink {
  readonly from: number;
  readonly to: number;
}

/** Who reads what whom made, each pair once. */
export function runtimeLinks({nodes, inputs, outputs}: RuntimeNetwork): readonly RuntimeLink[] {
  const makers = new Map(inputs.map(({name}) => [name, -1]));
  for (const [place, node] of nodes.entries()) {
    for (const name of node.outputs) makers.set(name, place);
  }
  const links = new Map<string, RuntimeLink>();
  const add = (name: string, to: number) => {
    const from = makers.get(name);
    if (from !== undefined) links.set(`${from} ${to}`, {from, to});
  };
  for (const [place, node] of nodes.entries()) for (const name of node.inputs) add(name, place);
  for (const {name} of outputs) add(name, -1);
  return [...links.values()];
}
