import {registryAddress} from '../schemas/addresses.js';
import type {RegistryMessage} from '../schemas/messages/registry.js';
import {InferenceError} from '../src/errors.js';
import type {Behaviour, Effect} from '../src/kernel/behaviour.js';

export interface GivenUpOptions {
  readonly node: string;
  /** Full names of the devices of a process that is not started again. */
  readonly devices: readonly string[];
  readonly why: string;
  readonly heartbeatMs: number;
}

type Private = {readonly kind: 'tell'};

/** Tells the registries, as long as its node runs, of devices that will not come back by themselves. */
export class GivenUpNotice implements Behaviour<never, Private> {
  readonly #options: GivenUpOptions;

  constructor(options: GivenUpOptions) {
    this.#options = options;
  }

  parse(): never {
    throw new InferenceError('INVALID_FRAME', 'a notice takes no messages');
  }

  start(): Effect<Private>[] {
    return this.resume();
  }

  receive(): Effect<Private>[] {
    return [];
  }

  resume(): Effect<Private>[] {
    const {heartbeatMs: delayMs, node, devices, why} = this.#options;
    const message: RegistryMessage = {kind: 'givenUp', node, devices, why};
    return [
      {do: 'send', to: registryAddress, message},
      {do: 'after', key: 'tell', delayMs, message: {kind: 'tell'}},
    ];
  }
}
