import {InferenceSession, Tensor} from 'onnxruntime-node';
import {type ElementType, elementTypes} from '../../schemas/element-type.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';

export const ortTypes: Readonly<Record<ElementType, Tensor.Type>> = {
  bool: 'bool',
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
  string: 'string',
};

/** ONNX Runtime as the judge: runs a model, given as bytes or as a file's path, undivided. */
export async function runModel(
  model: Uint8Array | string,
  inputs: NamedTensors,
  level: Optimization = 'disabled',
): Promise<NamedTensors> {
  const session = await openSession(model, level);
  try {
    return await runSession(session, inputs);
  } finally {
    await session.release();
  }
}

/** `all` is what devices use: patterns of a quantised network are fused then. */
export type Optimization = 'disabled' | 'all';

/** One thread, and nothing optimised away: what is compared must be computed alike. */
export function openSession(
  model: Uint8Array | string,
  level: Optimization = 'disabled',
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

export async function runSession(
  session: InferenceSession,
  inputs: NamedTensors,
): Promise<NamedTensors> {
  const feeds = [...inputs].map(([name, tensor]) => [name, ortTensor(tensor)] as const);
  const results = await session.run(Object.fromEntries(feeds));
  return new Map(session.outputNames.map(name => [name, tensorData(results[name])]));
}

function ortTensor({type, shape, data}: TensorData): Tensor {
  return new Tensor(ortTypes[type], data as Tensor.DataType, shape);
}

function tensorData(value: InferenceSession.OnnxValueMapType[string] | undefined): TensorData {
  if (!(value instanceof Tensor)) throw new TypeError('the output is not a tensor');
  const type = elementTypes.find(each => ortTypes[each] === value.type);
  if (type === undefined) throw new TypeError(`the output is of type ${value.type}`);
  return {type, shape: value.dims, data: value.data} as TensorData;
}
