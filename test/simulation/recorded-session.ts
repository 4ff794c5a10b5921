import type {Deployment} from '../../schemas/deployment.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import {Session, type SessionOptions, type SubmitOptions} from '../../src/client/session.js';

/** A client's session that tells of every request before it is sent; they are numbered from 0. */
export class RecordedSession extends Session {
  readonly #onSubmit: (options: SubmitOptions) => void;

  constructor(options: SessionOptions, onSubmit: (options: SubmitOptions) => void) {
    super(options);
    this.#onSubmit = onSubmit;
  }

  override submit(
    deployment: Deployment,
    tensors: NamedTensors,
    options: SubmitOptions,
  ): ReturnType<Session['submit']> {
    this.#onSubmit(options);
    return super.submit(deployment, tensors, options);
  }
}
