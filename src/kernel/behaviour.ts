import type {NamedTensors} from '../../schemas/tensor.js';
import type {InferenceError} from '../errors.js';
import type {LogLevel} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import type {EndedSpan} from '../ports/span-recorder.js';
import type {Address} from '../ports/transport.js';

/** A message from outside, as its actor's parser left it, and the tensors beside it. */
export interface Delivery<Public> {
  readonly message: Public;
  readonly tensors: NamedTensors;
  /** The tensors' buffers may be given away. */
  readonly owned: boolean;
}

/** What a behaviour wants done; the kernel does it, in order. */
export type Effect<Private = never> =
  | SendEffect
  | LogEffect
  | SpanEffect
  /** Delivers `message` to this actor after `delayMs`. A pending timer of the same key is replaced. */
  | {
      readonly do: 'after';
      readonly key: string;
      readonly delayMs: number;
      readonly message: Private;
    }
  | {readonly do: 'cancelTimer'; readonly key: string}
  /** Runs `task` on a named executor; `settled` makes the message that tells this actor the end. */
  | {
      readonly do: 'run';
      readonly executor: string;
      readonly task: unknown;
      readonly settled: (outcome: Outcome) => Private;
    }
  /** Starts an actor at an address. */
  | {readonly do: 'spawn'; readonly address: Address; readonly behaviour: Behaviour}
  | {readonly do: 'stop'; readonly address: Address}
  /** Hands a value to whoever hosts the actor (a client's promises); never crosses a process. */
  | {readonly do: 'emit'; readonly event: unknown};

export interface SendEffect {
  readonly do: 'send';
  readonly to: Address;
  readonly message: unknown;
  readonly tensors?: NamedTensors;
  /** See Frame.owned. */
  readonly owned?: boolean;
  /** Asks to be told (`lost`) if nobody receives at `to`. */
  readonly token?: string;
}

/** Writes to the log of the process: never tensors, nor secrets. */
export interface LogEffect {
  readonly do: 'log';
  readonly level: LogLevel;
  readonly message: string;
  /** Ids of what it is about: `deployment`, `request`, `device`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Tells of something that has ended to whoever traces, if this process does. */
export interface SpanEffect {
  readonly do: 'span';
  readonly span: EndedSpan;
}

export type Outcome =
  | {readonly ok: true; readonly value: unknown}
  | {readonly ok: false; readonly error: unknown};

/**
 * What an actor does: synchronous and total, touching nothing but its own state. Time comes in as
 * `now` (monotonic milliseconds); chance, if any, from a port given at creation. Parameters are
 * bivariant (method syntax), so that the kernel may hold behaviours of any message type.
 */
export interface Behaviour<Public = unknown, Private = unknown> {
  /** Makes a public message of what arrived; throws InferenceError INVALID_FRAME for what is none. */
  parse(message: unknown): Public;
  /** Runs once, before any message. */
  start?(now: number): readonly Effect<Private>[];
  receive(delivery: Delivery<Public>, now: number): readonly Effect<Private>[];
  /** A message that this actor sent itself by a timer or a task, or that its host told it. */
  resume?(message: Private, now: number): readonly Effect<Private>[];
  /** A message sent with `token` reached nobody. */
  lost?(token: string, now: number): readonly Effect<Private>[];
  /** A message sent with `token` could not be sent, or was refused; without this, `lost` is called. */
  unsent?(token: string, error: InferenceError, now: number): readonly Effect<Private>[];
  /** The last words of an actor that is being stopped; its timers and tasks are forgotten. */
  stopped?(now: number): readonly Effect<Private>[];
  /** What it tells whoever watches. Changes nothing. */
  metrics?(now: number): readonly Metric[];
}
