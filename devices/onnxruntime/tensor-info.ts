import type {InferenceSession} from 'onnxruntime-node';
import type {ValueInfo} from '../../schemas/network-graph.js';
import type {Dimension} from '../../schemas/tensor.js';
import {elementTypeOfOrt} from './ort-tensor.js';

/** What onnxruntime-web says for a nameless dimension: -1 as an unsigned number. */
const namelessInWeb = 0xff_ff_ff_ff;

/**
 * What a session says of one of its values. An empty shape means a scalar or a tensor whose rank is
 * not known, so the shape is null unless `isScalar` knows better.
 */
export function valueInfoOfOrt(
  value: InferenceSession.ValueMetadata,
  isScalar: (name: string) => boolean,
): ValueInfo {
  const type = value.isTensor ? elementTypeOfOrt(value.type) : undefined;
  if (!value.isTensor || type === undefined) return {kind: 'other'};
  const rankKnown = value.shape.length > 0 || isScalar(value.name);
  return {kind: 'tensor', type, shape: rankKnown ? value.shape.map(dimensionOfOrt) : null};
}

function dimensionOfOrt(dimension: number | string): Dimension {
  return dimension === '' || dimension === namelessInWeb ? '?' : dimension;
}
