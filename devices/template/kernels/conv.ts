import type {TensorData} from '../../../schemas/tensor.js';
import {type NarrowElements, narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {sizeOf} from '../../../src/plugin/graph/shapes.js';
import {matrixProduct} from './matrix-product.js';
import {required} from './required.js';
import {slide, type Windows, windowOptions} from './windows.js';

/**
 * `Conv` over any number of spatial axes: what the kernel sees at each position becomes a column,
 * and the weights times those columns the result (im2col), for each image and group.
 */
export const conv: KernelBuilder = ({attributes}) => {
  const options = windowOptions(attributes);
  const groups = attributes.int('group', 1);
  return inputs => {
    const [x, w] = [required(inputs, 0), required(inputs, 1)];
    checkChannels(x, w, groups);
    const windows = slide(x.shape.slice(2), w.shape.slice(2), options);
    return [convolved(x, w, inputs[2], {windows, groups})];
  };
};

function checkChannels(x: TensorData, w: TensorData, groups: number): void {
  const fits =
    x.shape.length === w.shape.length &&
    x.shape.length > 2 &&
    x.shape[1] === (w.shape[1] ?? 0) * groups &&
    (w.shape[0] ?? 0) % groups === 0;
  if (fits) return;
  throw kernelFailure(`shapes [${x.shape}] and [${w.shape}] in ${groups} groups do not fit`);
}

interface Plan {
  readonly windows: Windows;
  readonly groups: number;
}

function convolved(
  x: TensorData,
  w: TensorData,
  bias: TensorData | undefined,
  {windows, groups}: Plan,
): TensorData {
  const [batch = 0, channels = 0, ...space] = x.shape;
  const [made = 0, perGroup = 0] = w.shape;
  const positions = sizeOf(windows.shape);
  const shape = [batch, made, ...windows.shape];
  const data = newNarrow(x.type, sizeOf(shape));
  const [rows, inner, area] = [made / groups, perGroup * windows.places, sizeOf(space)];
  const [pixels, weights] = [narrow(x), narrow(w)];
  const columns = new Float64Array(inner * positions);
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const first = (image * channels + group * perGroup) * area;
      fillColumns(columns, pixels, {first, area, channels: perGroup, windows});
      matrixProduct(
        {
          a: weights,
          b: columns,
          aAt: group * rows * inner,
          bAt: 0,
          rows,
          inner,
          columns: positions,
        },
        data,
        (image * made + group * rows) * positions,
      );
    }
  }
  if (bias !== undefined) addPerChannel(data, narrow(bias), positions);
  return {type: x.type, shape, data} as TensorData;
}

interface Patch {
  readonly first: number;
  readonly area: number;
  readonly channels: number;
  readonly windows: Windows;
}

function fillColumns(
  columns: Float64Array,
  pixels: NarrowElements,
  {first, area, channels, windows: {offsets, places}}: Patch,
): void {
  const positions = offsets.length / Math.max(1, places);
  for (let channel = 0; channel < channels; channel++) {
    const start = first + channel * area;
    for (let place = 0; place < places; place++) {
      const row = (channel * places + place) * positions;
      for (let position = 0; position < positions; position++) {
        const offset = offsets[position * places + place] ?? -1;
        columns[row + position] = offset < 0 ? 0 : (pixels[start + offset] ?? 0);
      }
    }
  }
}

function addPerChannel(data: NarrowElements, bias: NarrowElements, positions: number): void {
  for (let index = 0; index < data.length; index++) {
    data[index] = (data[index] ?? 0) + (bias[Math.floor(index / positions) % bias.length] ?? 0);
  }
}
