import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {everyTensor} from '../network/every-tensor.js';
import {isExternal} from '../network/external-data.js';
import type {GraphProto} from '../network/generated/onnx_pb.js';
import {readNetwork} from '../network/read-network.js';
import {refusal} from './axes.js';

/** A network of one input and one output, to be spliced in as a step. */
export interface CustomNetwork {
  readonly graph: GraphProto;
  readonly input: TensorInfo;
  readonly output: TensorInfo;
  /** Versions of operator sets by domain, `''` being that of ONNX. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly irVersion: number;
}

/**
 * Reads what a user gave as a step of its own. Throws INVALID_ARGUMENT unless it has one input and
 * one output of known type and no external data, NOT_IMPLEMENTED for local functions and sparse
 * tensors, and as `readNetwork` does.
 */
export function readCustomNetwork(bytes: Uint8Array): CustomNetwork {
  const {model, inputs, outputs} = readNetwork(bytes);
  const {graph, functions} = model;
  const [input, output] = [inputs[0], outputs[0]];
  if (inputs.length !== 1 || outputs.length !== 1 || !graph || !input || !output) {
    const given = `${inputs.length} and ${outputs.length}`;
    throw refusal(`expected a network of one input and one output, given ${given}`);
  }
  if (output.type === undefined) {
    throw refusal(`expected a network that says the element type of its output "${output.name}"`);
  }
  if ([...everyTensor(model)].some(isExternal)) {
    throw refusal('expected a network with all its weights inside');
  }
  if (functions.length > 0 || graph.sparseInitializer.length > 0) {
    const text = 'local functions and sparse tensors are not spliced in: export without them';
    throw new InferenceError('NOT_IMPLEMENTED', text);
  }
  const opsets = model.opsetImport.map(({domain, version}) => {
    return [domain === 'ai.onnx' ? '' : domain, Number(version)] as const;
  });
  return {
    graph,
    input,
    output: {...output, type: output.type},
    opsets: new Map(opsets),
    irVersion: Number(model.irVersion),
  };
}
