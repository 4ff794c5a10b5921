import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {formatShape} from '../tensor-check.js';

/** Numbers of channels that an axis of channels is known by. */
const channelCounts: readonly unknown[] = [1, 3, 4];

/** Layouts of each rank, and the axis of their channels. */
const layouts: readonly (readonly [layout: string, channels: number | undefined])[] = [
  ['NCHW', 1],
  ['NHWC', 3],
  ['CHW', 0],
  ['HWC', 2],
  ['HW', undefined],
];

/**
 * The layout of an input that takes images, by its shape: channels are where its rank has room for
 * them and 1, 3 or 4 stands. Throws INVALID_ARGUMENT where none or several fit.
 */
export function imageLayout({name, shape}: TensorInfo): string {
  const fits = layouts.filter(([layout, channels]) => {
    const hasRank = shape?.length === layout.length;
    return hasRank && (channels === undefined || channelCounts.includes(shape?.[channels]));
  });
  const [only, ...others] = fits.map(([layout]) => layout);
  if (only !== undefined && others.length === 0) return only;
  const which = only === undefined ? 'its channels are not found' : `${only} and ${others} fit`;
  const text = `${name}: say with --layout what the axes of ${formatShape(shape)} are: ${which}`;
  throw new InferenceError('INVALID_ARGUMENT', text);
}

/** Throws INVALID_ARGUMENT unless images have these axes: H and W, and maybe N and C. */
export function checkImageLayout(name: string, layout: string): void {
  const letters = [...layout].sort().join('');
  if (['CHNW', 'CHW', 'HNW', 'HW'].includes(letters)) return;
  const text = `${name}: expected a layout of N, C, H and W for images, given "${layout}"`;
  throw new InferenceError('INVALID_ARGUMENT', text);
}
