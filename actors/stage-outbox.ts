import {clientPrefix} from '../schemas/addresses.js';
import type {Failed, Output} from '../schemas/messages/client.js';
import type {Destination} from '../schemas/messages/device.js';
import type {Infer, StageTiming} from '../schemas/messages/stage.js';
import type {StageCounters} from '../schemas/performance-counters.js';
import {clientIndex} from '../schemas/stage-graph.js';
import type {StageState} from '../schemas/state.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import {InferenceError, invariant} from '../src/errors.js';
import type {SendEffect} from '../src/kernel/behaviour.js';
import {apartTensors} from './apart-tensors.js';
import type {Attempt, Gathering} from './gathering.js';

export interface OutboxOptions {
  readonly index: number;
  readonly name: string;
  /** Qualified, for errors. */
  readonly device: string;
  readonly destinations: readonly Destination[];
  /** What it keeps for each infer request. */
  readonly states?: readonly StageState[];
}

interface Lane {
  readonly destination: Destination;
  /** No other destination gets one of its tensors, nor does it get one twice. */
  readonly owned: boolean;
}

/** To the client, without a tensor. */
const silentLane: Lane = {
  destination: {to: clientIndex, replicas: [], tensors: []},
  owned: true,
};

/** What an inference came to, besides its outputs. */
interface Progress {
  readonly timing: StageTiming;
  /** For the client, if the request is measured. */
  readonly counters: StageCounters | undefined;
  readonly remainingMs: number;
  readonly load: number;
}

/** What a stage has to say: its outputs to whoever consumes them, failures to the client. */
export class StageOutbox {
  readonly #options: OutboxOptions;
  readonly #lanes: readonly Lane[];
  /** The same, with one to the client, which gets no tensor if none is for it. */
  readonly #lanesAndClient: readonly Lane[];
  /** Outputs that somebody consumes. */
  readonly #awaited: readonly string[];

  constructor(options: OutboxOptions) {
    this.#options = options;
    // What is kept is used here, too.
    const uses = new Map((options.states ?? []).map(({output}) => [output, 1]));
    for (const {output} of options.destinations.flatMap(({tensors}) => tensors)) {
      uses.set(output, (uses.get(output) ?? 0) + 1);
    }
    this.#awaited = [...uses.keys()];
    this.#lanes = options.destinations.map(destination => ({
      destination,
      owned: destination.tensors.every(({output}) => uses.get(output) === 1),
    }));
    const sendsToClient = options.destinations.some(({to}) => to === clientIndex);
    this.#lanesAndClient = sendsToClient ? this.#lanes : [...this.#lanes, silentLane];
  }

  /** Throws INVALID_FRAME unless `route` names a replica of every stage that hears from this one. */
  checkRoute(route: readonly number[]): void {
    for (const {to, replicas} of this.#options.destinations) {
      if (to === clientIndex || replicas[route[to] ?? -1] !== undefined) continue;
      const text = `stage ${to} has ${replicas.length} replicas, the route names ${route[to]}`;
      throw new InferenceError('INVALID_FRAME', text);
    }
  }

  /** An output that somebody awaits and that is not among `tensors`. */
  absentOutput(tensors: NamedTensors): string | undefined {
    return this.#awaited.find(output => !tensors.has(output));
  }

  /** The outputs, none of which shares its buffer with another that somebody consumes. */
  apart(tensors: NamedTensors): NamedTensors {
    return this.#awaited.length < 2 ? tensors : apartTensors(tensors, this.#awaited);
  }

  /** One frame for each destination, whether or not it carries a tensor: consumers count senders. */
  outputs(of: Gathering, tensors: NamedTensors, progress: Progress): SendEffect[] {
    const timings = [...of.timings, progress.timing];
    const lanes = progress.counters === undefined ? this.#lanes : this.#lanesAndClient;
    return lanes.map(({destination, owned}) => {
      const token = tokenOf(of, destination.to);
      const parts = {tensors: pick(tensors, destination), owned, token};
      if (destination.to === clientIndex) {
        return {do: 'send', to: of.client, message: this.#output(of, timings, progress), ...parts};
      }
      const message = this.#infer(of, timings, progress.remainingMs);
      const to = destination.replicas[of.route[destination.to] ?? -1];
      invariant(to !== undefined, 'the route of what runs here was checked');
      return {do: 'send', to, message, ...parts};
    });
  }

  /** What is kept for an infer request, to its client. */
  states({client, request, attempt}: Attempt, tensors: NamedTensors, load: number): SendEffect {
    const stage = this.#options.index;
    const message: Output = {kind: 'output', request, attempt, stage, timings: [], load};
    return {do: 'send', to: client, message, tensors};
  }

  /** Tells the client that an attempt failed at this stage. */
  failure(of: Attempt, error: InferenceError): SendEffect {
    const {name, device, index} = this.#options;
    return failed(of, index, error.at({stage: name, device}));
  }

  /** Tells the client of a frame that did not reach its stage: the client knows what runs there. */
  undelivered(token: string, error: InferenceError): SendEffect[] {
    const sent = sendingOfToken(token);
    if (sent === undefined) return [];
    return [sent.to === clientIndex ? this.failure(sent, error) : failed(sent, sent.to, error)];
  }

  /** Tells the client of a frame that could not be sent from here. */
  unsent(token: string, error: InferenceError): SendEffect[] {
    const sent = sendingOfToken(token);
    return sent === undefined ? [] : [this.failure(sent, error)];
  }

  #output(
    {request, attempt}: Gathering,
    timings: readonly StageTiming[],
    {load, counters}: Progress,
  ): Output {
    const stage = this.#options.index;
    const output: Output = {kind: 'output', request, attempt, stage, timings, load};
    return counters === undefined ? output : {...output, counters};
  }

  #infer(of: Gathering, timings: readonly StageTiming[], remainingMs: number): Infer {
    const {client, request, attempt, route, priority, profile, state, trace} = of;
    const source = this.#options.index;
    return {
      kind: 'infer',
      client,
      request,
      attempt,
      source,
      route,
      remainingMs,
      priority,
      profile,
      timings,
      ...(state && {state}),
      ...(trace && {trace}),
    };
  }
}

function failed(
  {client, request, attempt}: Attempt,
  stage: number,
  error: InferenceError,
): SendEffect {
  const message: Failed = {kind: 'failed', request, attempt, stage, error: error.toWire()};
  return {do: 'send', to: client, message};
}

function pick(tensors: NamedTensors, destination: Destination): Map<string, TensorData> {
  const picked = new Map<string, TensorData>();
  for (const {output, input} of destination.tensors) {
    const tensor = tensors.get(output);
    invariant(tensor !== undefined, `output ${output} was checked`);
    picked.set(input, tensor);
  }
  return picked;
}

/** An attempt and where it goes, in what a transport takes as a token. */
function tokenOf({client, request, attempt}: Attempt, to: number): string {
  const place = to === clientIndex ? 'client' : to;
  // A token is one part of a subject.
  const id = client.slice(clientPrefix.length).replace('.', '_');
  return `${id}-${request}-${attempt}-${place}`;
}

function sendingOfToken(token: string): (Attempt & {readonly to: number}) | undefined {
  const match = /^([0-9A-Za-z_-]+)-(\d+)-(\d+)-(\d+|client)$/.exec(token);
  if (match === null) return undefined;
  const [, client, request, attempt, place] = match;
  return {
    client: `${clientPrefix}${client?.replace('_', '.')}`,
    request: Number(request),
    attempt: Number(attempt),
    to: place === 'client' ? clientIndex : Number(place),
  };
}
