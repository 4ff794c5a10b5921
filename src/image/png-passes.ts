import type {PngColor, PngHeader} from './png-file.js';

/** Pixels that lie together in the file: every `stepX`-th of every `stepY`-th row, from a first one. */
export interface PngPass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/** Adam7: the grid of 8 x 8 pixels is filled in seven passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const samplesOf: Readonly<Record<PngColor, number>> = {
  grey: 1,
  rgb: 3,
  palette: 1,
  'grey alpha': 2,
  'rgb alpha': 4,
};

/** The passes that have any pixels; one of all pixels where the image is not interlaced. */
export function pngPasses({width, height, interlaced}: PngHeader): readonly PngPass[] {
  const grid = interlaced ? adam7 : ([[0, 0, 1, 1]] as const);
  return grid
    .map(([left, top, stepX, stepY]) => ({
      ...{left, top, stepX, stepY},
      width: Math.ceil((width - left) / stepX),
      height: Math.ceil((height - top) / stepY),
    }))
    .filter(pass => pass.width > 0 && pass.height > 0);
}

export function bitsOfPixel({color, depth}: PngHeader): number {
  return samplesOf[color] * depth;
}

/** Bytes of one row without its filter type. */
export function bytesOfRow(header: PngHeader, {width}: PngPass): number {
  return Math.ceil((width * bitsOfPixel(header)) / 8);
}
