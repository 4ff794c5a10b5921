import type {ColorFormat} from '../../../schemas/preprocessing.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing} from '../step-kind.js';
import {asFloat, fromThousandths, requireColors, thousandth} from './color-arithmetic.js';
import {yuvPlanes} from './yuv-planes.js';

/** Luma starts at 16, chroma is 128 where there is no colour. */
const offsets = [16, 128, 128];

/** What Y, U and V add to red, green and blue, in thousandths. */
const coefficients = {
  R: [1164, 0, 1596],
  G: [1164, -391, -813],
  B: [1164, 2018, 0],
} as const;

/**
 * ITU-R BT.601 with limited range, as in OpenVINO's NV12toRGB and I420toRGB:
 *
 *     R = 1.164 (Y - 16)                     + 1.596 (V - 128)
 *     G = 1.164 (Y - 16) - 0.391 (U - 128)   - 0.813 (V - 128)
 *     B = 1.164 (Y - 16) + 2.018 (U - 128)
 *
 * brought into 0 to 255; bytes are rounded, halves up. Each U and V stands for a square of 2 x 2
 * pixels. Source: docs.openvino.ai, operation specification NV12toRGB-8.
 */
export function yuvToRgb(to: ColorFormat, value: Flowing, graph: StepGraph): string {
  requireColors(value);
  const {type} = value;
  const {luma, chroma} = yuvPlanes(value, graph);
  const y = asFloat(luma, type, graph);
  const uv = graph.node('Resize', [asFloat(chroma, type, graph), '', doubled(graph)], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  const yuv = graph.node('Concat', [y, uv], {axis: 1n});
  const centred = graph.node('Sub', [yuv, graph.numbers(offsets, [1, 3, 1, 1], 'f32')]);
  const rows = to === 'RGB' ? (['R', 'G', 'B'] as const) : (['B', 'G', 'R'] as const);
  const matrix = rows.flatMap(row => coefficients[row]);
  const sums = graph.node('Conv', [centred, graph.numbers(matrix, [3, 3, 1, 1], 'f32')]);
  const inside = graph.node('Clip', [sums, ...range(graph)]);
  const colors = graph.node('Transpose', [inside], {perm: [0n, 2n, 3n, 1n]});
  return fromThousandths(colors, {type, rounding: 'half up'}, graph);
}

function doubled(graph: StepGraph): string {
  return graph.numbers([1, 1, 2, 2], [4], 'f32');
}

function range(graph: StepGraph): readonly string[] {
  return [0, 255 * thousandth].map(bound => graph.numbers([bound], [], 'f32'));
}
