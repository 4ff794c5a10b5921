import type {ElementType} from '../../schemas/element-type.js';
import type {ColorFormat} from '../../schemas/preprocessing.js';
import type {Dimension, TensorInfo} from '../../schemas/tensor.js';
import {refusal, sizeAt} from './axes.js';
import type {Format, Shape} from './step-kind.js';

/** Along the axis C; of the plane of luma where there are several planes. */
export const channelsOf: Readonly<Record<ColorFormat, number>> = {
  RGB: 3,
  BGR: 3,
  RGBX: 4,
  BGRX: 4,
  GRAY: 1,
  NV12_SINGLE_PLANE: 1,
  NV12_TWO_PLANES: 1,
  I420_SINGLE_PLANE: 1,
  I420_THREE_PLANES: 1,
};

/** Luma in the upper two thirds of one tensor, chroma in the lower third. */
export function isSinglePlane(color: ColorFormat | undefined): boolean {
  return color === 'NV12_SINGLE_PLANE' || color === 'I420_SINGLE_PLANE';
}

/** Luma and chroma, in one tensor or in several. */
export function isYuv(color: ColorFormat | undefined): boolean {
  return isSinglePlane(color) || planeNames(color).length > 0;
}

function planeNames(color: ColorFormat | undefined): readonly string[] {
  if (color === 'NV12_TWO_PLANES') return ['y', 'uv'];
  return color === 'I420_THREE_PLANES' ? ['y', 'u', 'v'] : [];
}

/**
 * What the client brings for the network input `name`: one tensor of `shape`, or one for each plane,
 * `image/y` and so on, where `shape` is that of luma and chroma has half its height and width.
 * Throws INVALID_ARGUMENT for a shape that the colour format cannot have.
 */
export function planesOf(
  name: string,
  type: ElementType,
  shape: Shape,
  {layout, color}: Format,
): readonly TensorInfo[] {
  if (color !== undefined && shape !== null) checkShape(color, shape, layout ?? '');
  const said = layout === undefined ? {} : {layout};
  const names = planeNames(color);
  if (names.length === 0) return [{name, type, shape, ...said}];
  return names.map(plane => ({
    name: `${name}/${plane}`,
    type,
    shape: plane === 'y' || shape === null ? shape : chromaShape(shape, plane === 'uv' ? 2 : 1),
    ...said,
  }));
}

function chromaShape(shape: readonly Dimension[], channels: number): readonly Dimension[] {
  const half = (size: Dimension | undefined) => (typeof size === 'number' ? size / 2 : '?');
  return [shape[0] ?? '?', half(shape[1]), half(shape[2]), channels];
}

function checkShape(color: ColorFormat, shape: readonly Dimension[], layout: string): void {
  if (isYuv(color) && layout !== 'NHWC') {
    throw refusal(`expected the layout NHWC for ${color}, given ${layout}`);
  }
  const channels = sizeAt(shape, layout.indexOf('C'));
  if (channels !== undefined && channels !== channelsOf[color]) {
    throw refusal(`expected ${channelsOf[color]} channels for ${color}, given [${shape}]`);
  }
  const [, height, width] = shape;
  const rows = isSinglePlane(color) ? 3 : 2;
  const fits = (size: Dimension | undefined, unit: number) =>
    typeof size !== 'number' || size % unit === 0;
  if (!isYuv(color) || (fits(height, rows) && fits(width, 2))) return;
  const expected = `a height divisible by ${rows} and an even width`;
  throw refusal(`expected ${expected} for ${color}, given [${shape}]`);
}
