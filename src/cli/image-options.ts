import {type Command, Option} from 'commander';
import {InferenceError} from '../errors.js';
import {numbersIn, type PerInput, parsePerInput} from './per-input.js';

/** Options of commands that take image files, as they are given. */
export interface ImageOptions {
  readonly layout?: string;
  readonly meanValues?: string;
  readonly scaleValues?: string;
  readonly reverseInputChannels?: boolean;
  readonly resize?: ResizeMode;
  readonly antialias?: boolean;
}

type ResizeMode = 'linear' | 'nearest' | 'cubic';

/** What they say of the images of one input. */
export interface ImageSetting {
  readonly layout: string | undefined;
  readonly mean: readonly number[] | undefined;
  readonly scale: readonly number[] | undefined;
  readonly reverse: boolean;
  readonly resize: ResizeMode;
  readonly antialias: boolean;
}

/** Adds the options, which have the names and forms of benchmark_app's. */
export function withImageOptions(command: Command): Command {
  return command
    .option('--layout <LAYOUT>', 'axes of inputs that take images: NCHW; or image[NCHW],mask[HW]')
    .option('--mean-values <NUMBERS>', 'subtracted from images, by channel: 123.7,116.3,103.5')
    .option(
      '--scale-values <NUMBERS>',
      'images are divided by these: 255; or image[58.4,57.1,57.4]',
    )
    .option('--reverse-input-channels', 'give images as blue, green, red')
    .addOption(
      new Option('--resize <mode>', 'how images become as large as the network takes them')
        .choices(['linear', 'nearest', 'cubic'])
        .default('linear'),
    )
    .option('--antialias', 'smooth images that shrink, as Pillow does');
}

/**
 * What the options say of the images of each input in `inputs`. Throws INVALID_ARGUMENT for options
 * that do not parse, or concern inputs that no image is given for.
 */
export function imageSettings(
  options: ImageOptions,
  inputs: readonly string[],
): ReadonlyMap<string, ImageSetting> {
  const layout = read('--layout', options.layout, inputs);
  const mean = read('--mean-values', options.meanValues, inputs);
  const scale = read('--scale-values', options.scaleValues, inputs);
  const {reverseInputChannels: reverse = false, resize = 'linear', antialias = false} = options;
  if (reverse && inputs.length === 0) throw withoutImages('--reverse-input-channels');
  if (antialias && inputs.length === 0) throw withoutImages('--antialias');
  const numbers = (option: string, text: string | undefined) =>
    text === undefined ? undefined : numbersIn(text, option);
  const settings = inputs.map(name => {
    const setting: ImageSetting = {
      layout: of(layout, name),
      mean: numbers('--mean-values', of(mean, name)),
      scale: numbers('--scale-values', of(scale, name)),
      reverse,
      resize,
      antialias,
    };
    return [name, setting] as const;
  });
  return new Map(settings);
}

function of(values: PerInput, name: string): string | undefined {
  return values.get(name) ?? values.get('');
}

function read(option: string, text: string | undefined, inputs: readonly string[]): PerInput {
  if (text === undefined) return new Map();
  const values = parsePerInput(text, option);
  if (inputs.length === 0) throw withoutImages(option);
  const unknown = [...values.keys()].find(name => name !== '' && !inputs.includes(name));
  if (unknown === undefined) return values;
  const known = `expected one of ${inputs.join(', ')}, which images are given for`;
  throw new InferenceError('INVALID_ARGUMENT', `${option}: ${known}, given "${unknown}"`);
}

function withoutImages(option: string): InferenceError {
  const text = `${option}: expected an image for an input, as in --input image=cat.png`;
  return new InferenceError('INVALID_ARGUMENT', text);
}
