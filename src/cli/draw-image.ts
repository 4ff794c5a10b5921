import {invariant} from '../errors.js';

/** A grey image, row by row. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** `width` × `height` values from 0 (paper) to `max` (ink). */
  readonly pixels: ArrayLike<number>;
  readonly max: number;
}

const unicodeShades = [' ', '░', '▒', '▓', '█'];
const asciiShades = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];
/** A terminal's characters are about twice as high as wide. */
const charactersPerPixel = 2;

/** One line of text per row, all equally wide. Values outside the range count as its nearest end. */
export function drawImage(image: GreyImage, unicode: boolean): readonly string[] {
  const {width, height, pixels} = image;
  invariant(pixels.length === width * height, `${pixels.length} pixels, not ${width} × ${height}`);
  const shades = unicode ? unicodeShades : asciiShades;
  return Array.from({length: height}, (_, row) =>
    Array.from({length: width}, (_, column) => {
      const share = (pixels[row * width + column] ?? 0) / image.max;
      return shadeOf(share, shades).repeat(charactersPerPixel);
    }).join(''),
  );
}

function shadeOf(share: number, shades: readonly string[]): string {
  const index = Math.round(share * (shades.length - 1));
  return shades[Math.min(Math.max(index, 0), shades.length - 1)] ?? ' ';
}
