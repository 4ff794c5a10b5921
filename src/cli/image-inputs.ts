import type {ColorFormat, Preprocessing} from '../../schemas/preprocessing.js';
import type {TensorData, TensorInfo} from '../../schemas/tensor.js';
import {PrePostProcessor} from '../client/pre-post-processor.js';
import {InferenceError} from '../errors.js';
import {withChannels} from '../image/with-channels.js';
import {Tensor} from '../tensor.js';
import {checkImageLayout, imageLayout} from './image-layout.js';
import {type ImageOptions, type ImageSetting, imageSettings} from './image-options.js';

/** Images by the input that they are for: u8 [1,H,W,C] each. */
export type Images = ReadonlyMap<string, readonly Tensor<'u8'>[]>;

export interface ImageInputs {
  /** What makes network inputs of images; undefined if there are none. */
  readonly preprocessing: Preprocessing | undefined;
  /** What is sent for each input: an image, or a batch of several. */
  readonly tensors: ReadonlyMap<string, TensorData | readonly TensorData[]>;
}

const colorOf: Readonly<Record<number, ColorFormat>> = {1: 'GRAY', 3: 'RGB', 4: 'RGBX'};

/**
 * How images become what these inputs of a network take: channels as many as it has, in the order
 * R, G, B or the reverse; resized; less the mean and divided by the scale; as its elements and in its
 * layout. All of that runs on a device. Throws INVALID_ARGUMENT for inputs that take no images, and
 * options that do not fit.
 */
export function imageInputs(
  inputs: readonly TensorInfo[],
  images: Images,
  options: ImageOptions,
): ImageInputs {
  const settings = imageSettings(options, [...images.keys()]);
  const steps = new PrePostProcessor();
  const tensors = new Map<string, TensorData | readonly TensorData[]>();
  for (const info of inputs) {
    const [own, setting] = [images.get(info.name), settings.get(info.name)];
    if (own === undefined || setting === undefined) continue;
    const target = targetOf(info, setting);
    const sent = own.map(image => sentImage(image, own, target));
    declare(steps, info, {target, setting, image: own[0], channels: sent[0]?.channels ?? 0});
    const [first, ...others] = sent.map(({tensor}) => tensor);
    if (first !== undefined)
      tensors.set(info.name, others.length === 0 ? first : [first, ...others]);
  }
  return {preprocessing: tensors.size === 0 ? undefined : steps.build(), tensors};
}

/** What the network takes. */
interface Target {
  readonly name: string;
  readonly layout: string;
  readonly channels: number;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

function targetOf(info: TensorInfo, setting: ImageSetting): Target {
  const {name, shape} = info;
  const layout = setting.layout ?? imageLayout(info);
  checkImageLayout(name, layout);
  const size = (letter: string) => {
    const dimension = shape?.[layout.indexOf(letter)];
    return typeof dimension === 'number' ? dimension : undefined;
  };
  const channels = layout.includes('C') ? (size('C') ?? 3) : 1;
  if (colorOf[channels] === undefined) {
    throw fault(name, `expected 1, 3 or 4 channels for images, the network has ${channels}`);
  }
  if (channels === 4 && setting.reverse) {
    throw fault(name, 'expected three channels to reverse, the network has 4');
  }
  return {name, layout, channels, height: size('H'), width: size('W')};
}

/** An image with as many channels as its batch has, and the axes that the network has, pixels last. */
function sentImage(
  image: Tensor<'u8'>,
  batch: readonly Tensor<'u8'>[],
  {name, layout, channels: wanted}: Target,
) {
  const [, height = 0, width = 0, own = 0] = image.shape;
  const counts = new Set(batch.map(({shape}) => shape[3] ?? 0));
  const channels = wanted === 4 ? 4 : counts.size === 1 ? own : 3;
  if (!layout.includes('C') && channels !== 1) {
    throw fault(name, `expected a grey image for ${layout}, given one of ${own} channels`);
  }
  const sizes: Readonly<Record<string, number>> = {N: 1, H: height, W: width, C: channels};
  const shape = [...sentLayout(layout)].map(letter => sizes[letter] ?? 1);
  const data = withChannels(image.data, own, channels);
  return {channels, tensor: new Tensor('u8', shape, data)};
}

function sentLayout(layout: string): string {
  return [...'NHWC'].filter(letter => layout.includes(letter)).join('');
}

function declare(
  steps: PrePostProcessor,
  {name, type}: TensorInfo,
  given: {
    readonly target: Target;
    readonly setting: ImageSetting;
    readonly image: Tensor | undefined;
    readonly channels: number;
  },
): void {
  const {target, setting, image, channels} = given;
  const {layout} = target;
  const [, height = 0, width = 0] = image?.shape ?? [];
  const color = layout.includes('C') ? colorOf[channels] : undefined;
  const input = steps.input(name);
  input.tensor({
    type: 'u8',
    layout: sentLayout(layout),
    spatial: {height, width},
    ...(color && {color}),
  });
  input.network({layout});
  if (target.channels === 3) input.convertColor(setting.reverse ? 'BGR' : 'RGB');
  if (target.channels === 1 && color !== undefined) input.convertColor('GRAY');
  const {mean, scale} = setting;
  if (['f16', 'f32', 'f64'].includes(type) || (mean ?? scale)) input.convertElementType('f32');
  const size = {height: target.height ?? height, width: target.width ?? width};
  if (size.height !== height || size.width !== width) {
    input.resize(setting.resize, {...size, antialias: setting.antialias});
  }
  if (mean !== undefined) input.mean(oneOrMany(mean));
  if (scale !== undefined) input.scale(oneOrMany(scale));
}

function oneOrMany(numbers: readonly number[]): number | readonly number[] {
  const [only, ...others] = numbers;
  return only !== undefined && others.length === 0 ? only : numbers;
}

function fault(name: string, text: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', `${name}: ${text}`);
}
