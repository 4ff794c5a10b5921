import {type Image, imageFault} from './image.js';
import type {PngFile, PngHeader} from './png-file.js';

/** Writes the pixel at an index of a row to `data` from `to` on. */
export type PixelWriter = (row: Uint8Array, index: number, data: Uint8Array, to: number) => void;

export interface PngColors {
  readonly channels: Image['channels'];
  readonly write: PixelWriter;
}

/**
 * How pixels of a file become bytes: samples of less than 8 bits are spread over 0 to 255, of 16 bits
 * rounded to the nearest of 8. Where anything may be transparent there are four channels.
 */
export function pngColors(file: PngFile, source: string): PngColors {
  const {color} = file.header;
  if (color === 'palette') return paletteColors(file, source);
  if (color === 'grey' || color === 'rgb') return plainColors(file, source);
  return alphaColors(file.header);
}

function paletteColors({header, palette = none, transparency}: PngFile, source: string): PngColors {
  const sample = sampleReader(header);
  const count = palette.length / 3;
  const channels = transparency === undefined ? 3 : 4;
  const write: PixelWriter = (row, index, data, to) => {
    const entry = sample(row, index);
    if (entry >= count) {
      throw imageFault(source, `a pixel has colour ${entry} of a palette of ${count}`);
    }
    for (let c = 0; c < 3; c++) data[to + c] = palette[entry * 3 + c] ?? 0;
    if (channels === 4) data[to + 3] = transparency?.[entry] ?? 255;
  };
  return {channels, write};
}

/** One colour may be transparent: its samples are those of the chunk tRNS, two bytes each. */
function plainColors({header, transparency}: PngFile, source: string): PngColors {
  const samples = header.color === 'grey' ? 1 : 3;
  const sample = sampleReader(header);
  const byte = byteOf(header);
  if (transparency === undefined) {
    const write: PixelWriter = (row, index, data, to) => {
      for (let c = 0; c < samples; c++) data[to + c] = byte(sample(row, index * samples + c));
    };
    return {channels: samples, write};
  }
  if (transparency.length !== 2 * samples) {
    throw imageFault(source, 'the transparent colour has another number of samples than a pixel');
  }
  const key = Array.from({length: samples}, (_, c) => {
    return ((transparency[2 * c] ?? 0) << 8) | (transparency[2 * c + 1] ?? 0);
  });
  const write: PixelWriter = (row, index, data, to) => {
    let clear = true;
    for (let c = 0; c < 3; c++) {
      const at = Math.min(c, samples - 1);
      const value = sample(row, index * samples + at);
      clear = clear && value === key[at];
      data[to + c] = byte(value);
    }
    data[to + 3] = clear ? 0 : 255;
  };
  return {channels: 4, write};
}

function alphaColors(header: PngHeader): PngColors {
  const samples = header.color === 'grey alpha' ? 2 : 4;
  const sample = sampleReader(header);
  const byte = byteOf(header);
  const write: PixelWriter = (row, index, data, to) => {
    for (let c = 0; c < 3; c++) {
      data[to + c] = byte(sample(row, index * samples + (samples === 2 ? 0 : c)));
    }
    data[to + 3] = byte(sample(row, index * samples + samples - 1));
  };
  return {channels: 4, write};
}

const none = new Uint8Array();

/** Reads a sample of a row by its index. */
function sampleReader({depth}: PngHeader): (row: Uint8Array, index: number) => number {
  if (depth === 8) return (row, index) => row[index] ?? 0;
  if (depth === 16) {
    return (row, index) => ((row[2 * index] ?? 0) << 8) | (row[2 * index + 1] ?? 0);
  }
  const mask = 2 ** depth - 1;
  return (row, index) => {
    const bit = index * depth;
    return ((row[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & mask;
  };
}

function byteOf({depth}: PngHeader): (sample: number) => number {
  if (depth === 8) return sample => sample;
  const greatest = 2 ** depth - 1;
  return sample => Math.round((sample * 255) / greatest);
}
