import {create} from '@bufbuild/protobuf';
import {weightsLocation} from '../../schemas/network-blob.js';
import {externalTensor, isExternal} from './external-data.js';
import {StringStringEntryProtoSchema, type TensorProto} from './generated/onnx_pb.js';
import {withFields} from './with-fields.js';

/** A run of bytes of a network's external file and its place in a stage's weights file. */
export interface WeightRange {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
  /** Where it begins in the weights file, aligned; between ranges lie zeros. */
  readonly start: number;
}

export const weightsAlignment = 64;

export interface GatheredWeights {
  /** The tensor, kept in the weights file if it is an external one. */
  readonly readdress: (tensor: TensorProto) => TensorProto;
  /** What the weights file holds so far, in order of `start`; the same bytes once. */
  readonly ranges: readonly WeightRange[];
}

/** Lays out one weights file for external tensors as they are readdressed. */
export function gatherWeights(): GatheredWeights {
  const ranges: WeightRange[] = [];
  const known = new Map<string, WeightRange>();
  const place = (location: string, offset: number, length: number): WeightRange => {
    const key = JSON.stringify([location, offset, length]);
    const there = known.get(key);
    if (there !== undefined) return there;
    const last = ranges.at(-1);
    const end = last === undefined ? 0 : last.start + last.length;
    const start = Math.ceil(end / weightsAlignment) * weightsAlignment;
    const range = {location, offset, length, start};
    known.set(key, range);
    ranges.push(range);
    return range;
  };
  const readdress = (tensor: TensorProto): TensorProto => {
    if (!isExternal(tensor)) return tensor;
    const {location, offset, length} = externalTensor(tensor);
    const {start} = place(location, offset, length);
    return withFields(tensor, {externalData: addressEntries(start, length)});
  };
  return {readdress, ranges};
}

function addressEntries(start: number, length: number) {
  const entries = {location: weightsLocation, offset: `${start}`, length: `${length}`};
  return Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, {key, value}),
  );
}
