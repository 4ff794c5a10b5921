import type {Shape} from '../../../src/plugin/graph/shapes.js';
import type {ResizeTarget} from './resize.js';

/** One axis that is resized. */
export interface ResizedAxis {
  readonly scale: number;
  readonly size: number;
  /** The size that it gets. */
  readonly target: number;
  /** What of it is cropped out, where 0 is its first element and 1 its last. */
  readonly region: readonly [start: number, end: number];
}

/** Single precision, as ONNX Runtime computes: it decides where a position falls between two. */
const float = Math.fround;

/** Where an element of the result lies in the input: `coordinate_transformation_mode`. */
export const transforms = {
  half_pixel: (at: number, {scale}: ResizedAxis) => float((at + 0.5) / scale) - 0.5,
  pytorch_half_pixel: (at: number, {scale, target}: ResizedAxis) =>
    target > 1 ? float((at + 0.5) / scale) - 0.5 : 0,
  half_pixel_symmetric(at: number, {scale, size, target}: ResizedAxis) {
    const adjustment = target / (scale * size);
    return (size / 2) * (1 - adjustment) + float((at + 0.5) / scale) - 0.5;
  },
  align_corners: (at: number, {size, target}: ResizedAxis) =>
    target === 1 ? 0 : (at * (size - 1)) / (target - 1),
  asymmetric: (at: number, {scale}: ResizedAxis) => at / scale,
  tf_half_pixel_for_nn: (at: number, {scale}: ResizedAxis) => (at + 0.5) / scale,
  tf_crop_and_resize(at: number, {size, target, region: [start, end]}: ResizedAxis) {
    const last = size - 1;
    if (target === 1) return ((start + end) / 2) * last;
    return start * last + (at * (end - start) * last) / (target - 1);
  },
} as const;

/** Which neighbour is the nearest: `nearest_mode`. */
export const roundings = {
  round_prefer_floor: (position: number) => Math.ceil(position - 0.5),
  round_prefer_ceil: (position: number) => Math.floor(position + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
} as const;

const whole: ResizedAxis['region'] = [0, 1];

/** For each axis, where each index of the result lies in the input. */
export function sourcePositions(
  shape: Shape,
  {sizes, scales, regions}: ResizeTarget,
  transform: (at: number, axis: ResizedAxis) => number,
): readonly Float64Array[] {
  return shape.map((size, index) => {
    const target = sizes[index] ?? 0;
    const region = regions[index] ?? whole;
    const axis = {size, target, region, scale: float(scales[index] ?? 1)};
    // An axis that is not resized stays as it is, whatever the mode.
    if (axis.scale === 1 && target === size && region === whole)
      return Float64Array.from({length: size}, (_, at) => at);
    return Float64Array.from({length: target}, (_, at) => float(transform(at, axis)));
  });
}
