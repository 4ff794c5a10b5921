import {bodiesOf, localValues} from './captured-values.js';
import type {GraphProto, NodeProto, TensorProto} from './generated/onnx_pb.js';
import {withBodies} from './with-bodies.js';
import {withFields} from './with-fields.js';

type Renames = ReadonlyMap<string, string>;

/** A tensor taken out of a body, under a name that nothing else in the graph has. */
export interface LiftedWeight {
  readonly name: string;
  readonly tensor: TensorProto;
}

/** The tensor of a `Constant` node, named as the value it makes; undefined for any other node. */
export function constantTensor({opType, domain, attribute, output}: NodeProto) {
  if (opType !== 'Constant' || (domain !== '' && domain !== 'ai.onnx')) return undefined;
  const tensor = attribute.find(({name}) => name === 'value')?.t;
  const name = output[0];
  return tensor && name !== undefined ? {name, tensor} : undefined;
}

/**
 * Takes heavy tensors out of the bodies of a graph's nodes: afterwards the bodies read each from the
 * outermost graph, by its new name. A body's output stays inside, since it must be made there.
 */
export function liftBodyWeights(
  graph: GraphProto,
  isHeavy: (tensor: TensorProto) => boolean,
): {readonly nodes: readonly NodeProto[]; readonly lifted: readonly LiftedWeight[]} {
  const taken = new Set([...localValues(graph), ...graph.node.flatMap(namesIn)]);
  const lifted: LiftedWeight[] = [];
  const lift = ({name, tensor}: LiftedWeight): string => {
    let fresh = `${name}/lifted`;
    while (taken.has(fresh)) fresh += "'";
    taken.add(fresh);
    lifted.push({name: fresh, tensor});
    return fresh;
  };
  const liftFrom = (body: GraphProto, outer: Renames): GraphProto => {
    const heavy = heavyTensors(body, isHeavy);
    const local = localValues(body);
    const renames = new Map([
      ...[...outer].filter(([name]) => !local.has(name)),
      ...[...heavy.values()].map(weight => [weight.name, lift(weight)] as const),
    ]);
    const rest = body.node.filter(node => !heavy.has(node));
    return withFields(body, {
      initializer: body.initializer.filter(tensor => !heavy.has(tensor)),
      node: rest.map(node => rename(node, renames)),
    });
  };
  const rename = (node: NodeProto, renames: Renames): NodeProto => {
    const input = node.input.map(name => renames.get(name) ?? name);
    return withBodies(withFields(node, {input}), body => liftFrom(body, renames));
  };
  const nodes = graph.node.map(node => withBodies(node, body => liftFrom(body, new Map())));
  return {nodes, lifted};
}

/** Heavy tensors of a body by what holds them: an initializer or a `Constant` node. */
function heavyTensors(body: GraphProto, isHeavy: (tensor: TensorProto) => boolean) {
  const kept = new Set([...body.input, ...body.output].map(({name}) => name));
  const heavy = new Map<TensorProto | NodeProto, LiftedWeight>();
  for (const tensor of body.initializer) heavy.set(tensor, {name: tensor.name, tensor});
  for (const node of body.node) {
    const constant = constantTensor(node);
    if (constant !== undefined) heavy.set(node, constant);
  }
  for (const [holder, {name, tensor}] of heavy) {
    if (kept.has(name) || !isHeavy(tensor)) heavy.delete(holder);
  }
  return heavy;
}

/** Every value that a node, or anything inside it, names. */
function namesIn(node: NodeProto): readonly string[] {
  const inner = bodiesOf(node).flatMap(body => [
    ...localValues(body),
    ...body.node.flatMap(namesIn),
  ]);
  return [...node.input, ...node.output, ...inner];
}
