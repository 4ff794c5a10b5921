import type {TensorInfo} from '../../schemas/tensor.js';
import {InferRequest} from '../../src/plugin/infer-request.js';

const info: TensorInfo = {name: 'x', type: 'f32', shape: [2]};

/** A request whose device a test plays: it waits until `finishDevice` or `failDevice` is called. */
export class StagedRequest extends InferRequest {
  readonly stages: string[] = [];
  #settle: {resolve(): void; reject(error: Error): void} | undefined;
  #device: Promise<void> | undefined;

  constructor() {
    super('net_Req0', {inputs: [info], outputs: [{...info, name: 'y'}], overridable: []});
  }

  override inferPreprocess(): void {
    this.stages.push('inferPreprocess');
  }

  override startPipeline(): void {
    this.stages.push('startPipeline');
    this.#device = new Promise((resolve, reject) => {
      this.#settle = {resolve, reject};
    });
  }

  override async waitPipeline(): Promise<void> {
    this.stages.push('waitPipeline');
    await this.#device;
  }

  override inferPostprocess(): void {
    this.stages.push('inferPostprocess');
    const [x] = this.inputs.values();
    this.finish({tensors: x === undefined ? new Map() : new Map([['y', x]]), executeUs: 1});
  }

  finishDevice(): void {
    this.#settle?.resolve();
  }

  failDevice(error: Error): void {
    this.#settle?.reject(error);
  }
}
