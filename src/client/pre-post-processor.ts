import type {ElementType} from '../../schemas/element-type.js';
import type {Layout} from '../../schemas/layout.js';
import type {
  ColorFormat,
  InputPreprocessing,
  OutputPostprocessing,
  Preprocessing,
  ProcessingStep,
} from '../../schemas/preprocessing.js';
import type {Dimension} from '../../schemas/tensor.js';
import {writeModel} from '../network/write-model.js';
import {Network} from './network.js';

type Travelling = Exclude<ElementType, 'string'>;
type Values = number | readonly number[];

/**
 * Declares what happens to inputs before the network and to outputs after it. The steps are built
 * into small networks that run beside the first and the last stage, so that a client ships what it
 * has: uint8 images, say. Steps run in the order of the calls.
 *
 *     const steps = new PrePostProcessor();
 *     steps.input('image').tensor({type: 'u8', layout: 'NHWC'})
 *       .convertElementType('f32').scale(255).convertLayout('NCHW');
 *     steps.output('logits').softmax(1);
 *     await core.loadNetwork(network, 'CPU', {}, {preprocessing: steps.build()});
 */
export class PrePostProcessor {
  readonly #inputs = new Map<string, InputSteps>();
  readonly #outputs = new Map<string, OutputSteps>();

  input(name: string): InputSteps {
    const steps = this.#inputs.get(name) ?? new InputSteps();
    this.#inputs.set(name, steps);
    return steps;
  }

  output(name: string): OutputSteps {
    const steps = this.#outputs.get(name) ?? new OutputSteps();
    this.#outputs.set(name, steps);
    return steps;
  }

  build(): Preprocessing {
    const inputs = [...this.#inputs].map(([name, steps]) => [name, steps.build()] as const);
    const outputs = [...this.#outputs].map(([name, steps]) => [name, steps.build()] as const);
    return {inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs)};
  }
}

/** In pixels. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** In pixels. */
interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A number for each axis. */
interface Ranges {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

interface Filling {
  readonly mode?: 'constant' | 'edge' | 'reflect' | 'symmetric';
  readonly value?: Values;
}

/** What a client sends. */
export interface InputTensor {
  readonly type?: Travelling;
  readonly layout?: Layout;
  readonly shape?: readonly Dimension[];
  /** Of the image, instead of `shape`; `dynamic`: each request may bring another size. */
  readonly spatial?: 'dynamic' | {readonly height: number; readonly width: number};
  /**
   * Its layout is NHWC if none is given. NV12_TWO_PLANES makes of `image` the inputs `image/y` and
   * `image/uv`, I420_THREE_PLANES `image/y`, `image/u` and `image/v`.
   */
  readonly color?: ColorFormat;
}

class Steps {
  protected readonly steps: ProcessingStep[] = [];

  /**
   * Fractions are cut off; numbers outside the range of a type of whole numbers become its nearest.
   * Without a type: to the network's (of an output, to the one that `tensor` declares).
   */
  convertElementType(type?: Travelling): this {
    return this.#add({kind: 'convertElementType', ...(type && {type})});
  }

  /**
   * To another order of the same letters (`NCHW`), or by a permutation of the axes. Without either: to
   * the network's (of an output, to the one that `tensor` declares).
   */
  convertLayout(to?: Layout | readonly number[]): this {
    return this.#add({kind: 'convertLayout', ...(to && {to})});
  }

  /** From the colour format that `tensor` declares. GRAY is luma. */
  convertColor(to: 'RGB' | 'BGR' | 'GRAY'): this {
    return this.#add({kind: 'convertColor', to});
  }

  /** Subtracts one number, or one for each channel. */
  mean(values: Values): this {
    return this.#add({kind: 'mean', values});
  }

  /** Divides by one number, or by one for each channel. */
  scale(values: Values): this {
    return this.#add({kind: 'scale', values});
  }

  /** RGB to BGR and back. */
  reverseChannels(): this {
    return this.#add({kind: 'reverseChannels'});
  }

  /**
   * To what the network takes, if no size is given. `antialias`: what shrinks is smoothed, as Pillow
   * does; not with `nearest`.
   */
  resize(
    mode: 'linear' | 'nearest' | 'cubic',
    size: {
      readonly height?: number;
      readonly width?: number;
      readonly antialias?: boolean;
    } = {},
  ): this {
    return this.#add({kind: 'resize', mode, ...size});
  }

  /**
   * Keeps a window of the image, or from `begin` up to, not including, `end` along every axis:
   * negative numbers count from its end, what lies outside is cut off.
   */
  crop(window: Window | Ranges): this {
    return this.#add({kind: 'crop', ...window});
  }

  /**
   * Adds a border to the image, or `begin` and `end` elements along every axis: of `value` (0; one for
   * each channel if it is a list), of the outermost elements (`edge`), or of those mirrored, without
   * the outermost (`reflect`) or with it (`symmetric`).
   */
  pad(border: (Border | Ranges) & Filling): this {
    return this.#add({kind: 'pad', ...border});
  }

  /**
   * An ONNX network of one input and one output as a step: its file's bytes, or one that was read.
   * `layout`: that of its output; as before if left out and the rank stays. Its weights lie inside
   * it, at most 8 MiB in all.
   */
  custom(network: Uint8Array | Network, {layout}: {readonly layout?: Layout} = {}): this {
    const model = network instanceof Network ? writeModel(network.parsed.model) : network;
    return this.#add({kind: 'custom', model, ...(layout && {layout})});
  }

  /** Exponentials that add up to one along `axis`. */
  softmax(axis: number): this {
    return this.#add({kind: 'softmax', axis});
  }

  #add(step: ProcessingStep): this {
    this.steps.push(step);
    return this;
  }
}

class InputSteps extends Steps {
  #tensor: InputTensor = {};
  #networkLayout: Layout | undefined;

  /** What the client sends, where it differs from what the network takes. */
  tensor(info: InputTensor): this {
    this.#tensor = {...this.#tensor, ...info};
    return this;
  }

  /** What the network takes; the axes are moved there after the steps. */
  network(info: {readonly layout: Layout}): this {
    this.#networkLayout = info.layout;
    return this;
  }

  build(): InputPreprocessing {
    const networkLayout = this.#networkLayout;
    return {...this.#tensor, ...(networkLayout && {networkLayout}), steps: [...this.steps]};
  }
}

class OutputSteps extends Steps {
  #network: {readonly layout?: Layout} = {};
  #tensor: {readonly type?: Travelling; readonly layout?: Layout} = {};

  /** What the network gives. */
  network(info: {readonly layout: Layout}): this {
    this.#network = info;
    return this;
  }

  /** What the client gets: elements are converted and axes moved there after the steps. */
  tensor(info: {readonly type?: Travelling; readonly layout?: Layout}): this {
    this.#tensor = {...this.#tensor, ...info};
    return this;
  }

  build(): OutputPostprocessing {
    const {type, layout: tensorLayout} = this.#tensor;
    return {
      ...this.#network,
      ...(type && {type}),
      ...(tensorLayout && {tensorLayout}),
      steps: [...this.steps],
    };
  }
}
