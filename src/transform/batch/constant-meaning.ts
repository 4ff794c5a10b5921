import type {NumericType} from '../../../schemas/element-type.js';
import {elementTypeOfOnnx} from '../../../schemas/element-type.js';
import {isExternal} from '../../network/external-data.js';
import type {NodeProto, TensorProto} from '../../network/generated/onnx_pb.js';
import {readTensor} from '../../network/tensor-proto.js';
import {anyTerm, type Count, numberTerm} from './count.js';
import {counts, elementsMax, type Meaning, same} from './meaning.js';

/** Types of whole numbers and booleans that are read as numbers; others are known by names only. */
const wholeTypes: ReadonlySet<string> = new Set<NumericType>(['i64', 'i32', 'bool']);

/** What an initializer is to a batch: the same for all, and if it is small, its numbers. */
export function constantMeaning(tensor: TensorProto): Meaning {
  const shape = tensor.dims.map(Number);
  const size = shape.reduce((all, each) => all * each, 1);
  const type = elementTypeOfOnnx(tensor.dataType) ?? 'string';
  if (size > elementsMax || type === 'string' || isExternal(tensor)) return same(shape.length);
  if (!wholeTypes.has(type)) {
    return counts(
      shape,
      Array.from({length: size}, (_, at) => anyTerm(`${tensor.name}[${at}]`)),
    );
  }
  const numbers = Array.from(readTensor(tensor).data as ArrayLike<bigint | number>, Number);
  return counts(
    shape,
    numbers.map((each, at) => exact(each, `${tensor.name}[${at}]`)),
  );
}

/** A number that floating point holds exactly; others are known by a name only. */
function exact(number: number, name: string): Count {
  return Number.isSafeInteger(number) ? numberTerm(number) : anyTerm(name);
}

/** The tensor that a Constant holds; undefined if it holds another attribute. */
export function constantTensor({attribute}: NodeProto): TensorProto | undefined {
  return attribute.find(({name, t}) => name === 'value' && t !== undefined)?.t;
}

/** What a Constant is to a batch. */
export function constantNodeMeaning(node: NodeProto): Meaning {
  const tensor = constantTensor(node);
  if (tensor !== undefined) return constantMeaning(tensor);
  const whole = node.attribute.find(({name}) => name === 'value_int');
  if (whole !== undefined) return counts([], [exact(Number(whole.i), node.output[0] ?? '')]);
  const list = node.attribute.find(({name}) => name === 'value_ints')?.ints ?? [];
  const name = node.output[0] ?? '';
  const known = list.map((each, at) => exact(Number(each), `${name}[${at}]`));
  return known.length > 0 && known.length <= elementsMax ? counts([known.length], known) : same();
}
