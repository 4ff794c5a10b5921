import {type Options, Packr} from 'msgpackr';
import {InferenceError} from '../errors.js';
import {guardMsgpack} from './msgpack-guard.js';

/** Honoured by msgpackr, though its types lack it: properties of these values are left out. */
interface SkippingOptions extends Options {
  readonly skipValues: readonly unknown[];
}

const options: SkippingOptions = {
  useRecords: false,
  mapsAsObjects: true,
  moreTypes: false,
  structuredClone: false,
  bundleStrings: false,
  variableMapSize: true,
  /** A view would keep the whole frame alive. */
  copyBuffers: true,
  /** Integers beyond 2^53 come back as bigint, all others as number. */
  int64AsType: 'auto' as 'bigint',
  /** As in JSON: a property that is undefined is a property left out. */
  skipValues: [undefined],
};

const packr = new Packr(options);

/**
 * A plain value (null, booleans, numbers, 64-bit bigints, strings, Uint8Array, arrays, objects) as
 * MessagePack. Throws InferenceError INVALID_FRAME for any other, such as a Date or a cycle.
 */
export function packMessage(value: unknown): Uint8Array {
  let packed: Uint8Array;
  try {
    packed = packr.pack(value);
  } catch (error) {
    throw InferenceError.from(error, 'INVALID_FRAME');
  }
  guardMsgpack(packed);
  return packed;
}

/** The inverse of packMessage. Throws InferenceError INVALID_FRAME for all that it cannot have made. */
export function unpackMessage(bytes: Uint8Array): unknown {
  guardMsgpack(bytes);
  try {
    return packr.unpack(bytes);
  } catch (error) {
    throw InferenceError.from(error, 'INVALID_FRAME');
  }
}
