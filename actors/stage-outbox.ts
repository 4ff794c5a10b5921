import {clientPrefix} from '../schemas/addresses.js';
import type {Failed, Output} from '../schemas/messages/client.js';
import type {Destination} from '../schemas/messages/device.js';
import type {Infer, StageTiming} from '../schemas/messages/stage.js';
import {clientIndex} from '../schemas/stage-graph.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import type {InferenceError} from '../src/errors.js';
import {invariant} from '../src/errors.js';
import type {SendEffect} from '../src/kernel/behaviour.js';
import type {Attempt, Gathering} from './gathering.js';

export interface OutboxOptions {
  readonly index: number;
  readonly name: string;
  /** Qualified, for errors. */
  readonly device: string;
  readonly destinations: readonly Destination[];
}

interface Lane {
  readonly destination: Destination;
  /** No other destination gets one of its tensors, nor does it get one twice. */
  readonly owned: boolean;
}

/** What a stage has to say: its outputs to whoever consumes them, failures to the client. */
export class StageOutbox {
  readonly #options: OutboxOptions;
  readonly #lanes: readonly Lane[];

  constructor(options: OutboxOptions) {
    this.#options = options;
    const uses = new Map<string, number>();
    for (const {output} of options.destinations.flatMap(({tensors}) => tensors)) {
      uses.set(output, (uses.get(output) ?? 0) + 1);
    }
    this.#lanes = options.destinations.map(destination => ({
      destination,
      owned: destination.tensors.every(({output}) => uses.get(output) === 1),
    }));
  }

  /** One frame for each destination, whether or not it carries a tensor: consumers count senders. */
  outputs(
    of: Gathering,
    tensors: NamedTensors,
    progress: {readonly timing: StageTiming; readonly remainingMs: number; readonly load: number},
  ): SendEffect[] {
    const timings = [...of.timings, progress.timing];
    return this.#lanes.map(({destination, owned}) => {
      const parts = {tensors: pick(tensors, destination), owned};
      if (destination.to === clientIndex) {
        const {request, attempt} = of;
        const {load} = progress;
        const stage = this.#options.index;
        const message: Output = {kind: 'output', request, attempt, stage, timings, load};
        return {do: 'send', to: of.client, message, ...parts};
      }
      const message = this.#infer(of, timings, progress.remainingMs);
      const to = destination.replicas[of.route[destination.to] ?? 0];
      invariant(to !== undefined, `${this.#options.name}: route names a replica that is not there`);
      return {do: 'send', to, message, ...parts, token: tokenOf(of, destination.to)};
    });
  }

  /** `stage`: where it happened, this stage unless said otherwise. */
  failure(
    {client, request, attempt}: Attempt,
    error: InferenceError,
    stage: number = this.#options.index,
  ): SendEffect {
    const {name, device} = this.#options;
    const wire = error.at({stage: name, device}).toWire();
    const message: Failed = {kind: 'failed', request, attempt, stage, error: wire};
    return {do: 'send', to: client, message};
  }

  /** For a frame that did not reach the stage it was sent to. */
  undelivered(token: string, error: InferenceError): SendEffect[] {
    const sent = sendingOfToken(token);
    return sent === undefined ? [] : [this.failure(sent, error, sent.to)];
  }

  #infer(of: Gathering, timings: readonly StageTiming[], remainingMs: number): Infer {
    const {client, request, attempt, route, profile} = of;
    const source = this.#options.index;
    return {
      kind: 'infer',
      client,
      request,
      attempt,
      source,
      route,
      remainingMs,
      profile,
      timings,
    };
  }
}

function pick(tensors: NamedTensors, destination: Destination): Map<string, TensorData> {
  const picked = new Map<string, TensorData>();
  for (const {output, input} of destination.tensors) {
    const tensor = tensors.get(output);
    invariant(tensor !== undefined, `the kernel made no output ${output}`);
    picked.set(input, tensor);
  }
  return picked;
}

/** An attempt and the stage it goes to, in what a transport takes as a token. */
function tokenOf({client, request, attempt}: Attempt, to: number): string {
  return `${client.slice(clientPrefix.length)}-${request}-${attempt}-${to}`;
}

function sendingOfToken(token: string): (Attempt & {readonly to: number}) | undefined {
  const match = /^([0-9A-Za-z]+)-(\d+)-(\d+)-(\d+)$/.exec(token);
  if (match === null) return undefined;
  const [, client, request, attempt, to] = match;
  return {
    client: `${clientPrefix}${client}`,
    request: Number(request),
    attempt: Number(attempt),
    to: Number(to),
  };
}
