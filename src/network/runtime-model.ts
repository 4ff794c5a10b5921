import {create} from '@bufbuild/protobuf';
import {elementTypes} from '../../schemas/element-type.js';
import type {PlacedNode, RuntimeNetwork} from '../../schemas/runtime-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {
  type NodeProto,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import {modelProto} from './model-proto.js';
import {nodeProto} from './node-proto.js';
import {typedValue} from './value-types.js';
import {withFields} from './with-fields.js';
import {writeModel} from './write-model.js';

/** The operator set of what is a picture of a network and cannot be run: it has no weights. */
const domain = 'heterodyne.runtime';
/** From this version of the format on, nodes have metadata. */
const irVersion = 10;

/**
 * A runtime graph as an ONNX file, to be looked at in a viewer. Its nodes have the metadata of an
 * OpenVINO runtime model: `originalLayersNames`, `primitiveType`, `layerType`, `execTimeMcs` (the
 * mean, or `not_executed`), `execOrder`, `runtimePrecision`, `outputPrecisions`, `outputLayouts`; and
 * `stage` and `device`.
 */
export function runtimeModel({name, inputs, outputs, nodes}: RuntimeNetwork): Uint8Array {
  const made = new Set([...inputs.map(each => each.name), ...nodes.flatMap(each => each.outputs)]);
  const model = modelProto({
    name,
    nodes: nodes.map(runtimeNode),
    inputs,
    outputs: outputs.filter(each => made.has(each.name)),
    opsets: {'': 17, [domain]: 1},
    irVersion,
  });
  model.graph?.valueInfo.push(...innerValues(nodes, outputs));
  return writeModel(model);
}

function runtimeNode(node: PlacedNode, order: number): NodeProto {
  const {name, type, inputs, outputs} = node;
  const kernel = bareType(type) || 'Kernel';
  const proto = nodeProto(`${domain}.${kernel}`, inputs, outputs);
  return withFields(proto, {name, metadataProps: metadata(node, kernel, order)});
}

function metadata(node: PlacedNode, layerType: string, order: number): StringStringEntryProto[] {
  const precisions = node.outputTypes.map(precisionOf);
  const entries = {
    originalLayersNames: node.originals.join(','),
    primitiveType: node.type,
    layerType,
    execTimeMcs: node.execUs === null ? 'not_executed' : String(Math.round(node.execUs)),
    execOrder: String(order),
    runtimePrecision: precisions[0] ?? '',
    outputPrecisions: precisions.join(','),
    outputLayouts: node.outputTypes.map(text => layoutOf(node.type, text)).join(','),
    stage: node.stage,
    device: node.device,
  };
  return Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, {key, value}),
  );
}

function bareType(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

function precisionOf(tensor: string): string {
  return tensor.slice(0, tensor.indexOf('['));
}

/** A letter for each dimension, in the order in which they lie; blocked channels by their own name. */
function layoutOf(type: string, tensor: string): string {
  if (type.includes('.nchwc.') && bareType(type) !== 'ReorderOutput') return 'NCHWc';
  return 'abcdefghijklmnopqrstuvwxyz'.slice(0, shapeOf(tensor).length);
}

function shapeOf(tensor: string): readonly number[] {
  const inside = tensor.slice(tensor.indexOf('[') + 1, -1);
  return inside === '' ? [] : inside.split(',').map(Number);
}

/** Types of what nodes make, as far as they were seen. */
function innerValues(
  nodes: readonly PlacedNode[],
  outputs: readonly TensorInfo[],
): ValueInfoProto[] {
  const known = new Set(outputs.map(({name}) => name));
  return nodes.flatMap(node =>
    node.outputTypes.flatMap((tensor, at) => {
      const [name, type] = [node.outputs[at], elementTypes.find(t => t === precisionOf(tensor))];
      if (name === undefined || type === undefined || known.has(name)) return [];
      known.add(name);
      return [typedValue({name, type, shape: shapeOf(tensor)})];
    }),
  );
}
