import type {ModelProto, ValueInfoProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {nodeProto} from '../../network/node-proto.js';
import {valueInfoProto} from '../../network/value-types.js';
import {withFields} from '../../network/with-fields.js';
import {writeModel} from '../../network/write-model.js';
import {GraphEditor} from '../graph-editor.js';
import {staticValues} from './static-values.js';

/** A network with more outputs: the least and the greatest element of values. */
export interface ObservedNetwork {
  readonly model: Uint8Array;
  readonly observed: readonly {
    readonly value: string;
    /** Names of the outputs. */
    readonly least: string;
    readonly greatest: string;
  }[];
}

/** Lets a network tell the ranges of what static quantisation would quantise. */
export function observedNetwork(network: Network, except: readonly string[] = []): ObservedNetwork {
  const editor = new GraphEditor(network);
  const reader = editor.nodes()[0];
  const {activations} = staticValues(editor, except);
  const observed = activations.map(value => {
    const [least, greatest] = ['least', 'greatest'].map(end => {
      return editor.freshValue(`${value}/${end}`);
    });
    return {value, least: least ?? '', greatest: greatest ?? ''};
  });
  const outputs: ValueInfoProto[] = [];
  for (const {value, least, greatest} of observed) {
    const origin = editor.maker(value) ?? reader;
    if (origin === undefined) continue;
    editor.add(nodeProto('ReduceMin', [value], [least], {keepdims: 0n}), least, origin);
    editor.add(nodeProto('ReduceMax', [value], [greatest], {keepdims: 0n}), greatest, origin);
    outputs.push(valueInfoProto(least), valueInfoProto(greatest));
  }
  const {graph} = editor.finish();
  const model = withFields<ModelProto>(network.model, {
    graph: withFields(graph, {output: [...graph.output, ...outputs]}),
  });
  return {model: writeModel(model), observed};
}
