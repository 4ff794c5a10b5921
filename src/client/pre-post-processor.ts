import type {ElementType} from '../../schemas/element-type.js';
import type {
  InputPreprocessing,
  Layout,
  OutputPostprocessing,
  Preprocessing,
  ProcessingStep,
} from '../../schemas/preprocessing.js';
import type {Dimension} from '../../schemas/tensor.js';

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

class Steps {
  protected readonly steps: ProcessingStep[] = [];

  /** As ONNX's Cast does: fractions are cut off. */
  convertElementType(type: Travelling): this {
    return this.#add({kind: 'convertElementType', type});
  }

  /** To another order of the same letters (`NCHW`), or by a permutation of the axes. */
  convertLayout(to: Layout | readonly number[]): this {
    return this.#add({kind: 'convertLayout', to});
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

  /** To what the network takes, if no size is given. */
  resize(
    mode: 'linear' | 'nearest' | 'cubic',
    size: {readonly height?: number; readonly width?: number} = {},
  ): this {
    return this.#add({kind: 'resize', mode, ...size});
  }

  crop(window: {
    readonly top: number;
    readonly left: number;
    readonly height: number;
    readonly width: number;
  }): this {
    return this.#add({kind: 'crop', ...window});
  }

  pad(border: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
    readonly value?: number;
  }): this {
    return this.#add({kind: 'pad', ...border});
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
  #tensor: Omit<InputPreprocessing, 'steps'> = {};

  /** What the client sends, where it differs from what the network takes. */
  tensor(info: {
    readonly type?: Travelling;
    readonly layout?: Layout;
    readonly shape?: readonly Dimension[];
  }): this {
    this.#tensor = {...this.#tensor, ...info};
    return this;
  }

  build(): InputPreprocessing {
    return {...this.#tensor, steps: [...this.steps]};
  }
}

class OutputSteps extends Steps {
  #network: Omit<OutputPostprocessing, 'steps'> = {};

  /** What the network gives. */
  network(info: {readonly layout: Layout}): this {
    this.#network = info;
    return this;
  }

  build(): OutputPostprocessing {
    return {...this.#network, steps: [...this.steps]};
  }
}
