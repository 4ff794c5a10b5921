import type {NamedTensors} from '../../schemas/tensor.js';
import type {InferenceError} from '../errors.js';
import type {Metric} from './metrics.js';

/**
 * Where an actor receives, dots between its parts: `stage.D1.0.2.0`. Unique in a cluster, except
 * those under `all.`: frames to one of these reach the listeners of every process.
 */
export type Address = string;

/** What is sent: a plain message (small, msgpack can hold it) and tensors beside it. */
export interface Frame {
  readonly message: unknown;
  readonly tensors: NamedTensors;
  /**
   * The receiver may give the tensors' buffers away (transfer them to a worker). Never true while
   * anybody else, such as the user, still holds them.
   */
  readonly owned: boolean;
}

export interface Listener {
  deliver(frame: Frame): void;
  /**
   * A frame sent with `token` from this listener's address reached nobody; with a `refusal`, somebody
   * is there, and did not take it.
   */
  lost?(token: string, refusal?: InferenceError): void;
  /** A frame to this address was dropped: it was broken, or over a bound. For counting only. */
  dropped?(reason: string): void;
}

export interface Listening {
  stop(): void;
}

export interface SendOptions {
  /** The sender's address: told at once through `lost` when nobody listens at `to`. */
  readonly from?: Address;
  /** Letters, digits, `-` and `_` only; given back to `lost`. */
  readonly token?: string;
}

export type TransportStatus = 'connected' | 'disconnected' | 'closed';

/**
 * Messages between actors. At most once; in order from one sender to one address, except that a
 * large frame may be overtaken by small ones. Several listeners at one address all receive.
 */
export interface Transport {
  /** A frame above this many bytes is refused with PAYLOAD_TOO_LARGE. */
  readonly frameBytesMax: number;
  /** Throws INVALID_ARGUMENT for what is no address, and CONNECTION_LOST once closed. */
  listen(address: Address, listener: Listener): Listening;
  /**
   * Throws PAYLOAD_TOO_LARGE, CONNECTION_LOST (closed), INVALID_FRAME for a frame that no codec could
   * carry, or QUEUE_FULL where too much is on its way already; otherwise never blocks, never throws.
   */
  send(to: Address, frame: Frame, options?: SendOptions): void;
  /** Tells of changes from here on. */
  onStatus(call: (status: TransportStatus) => void): Listening;
  /** Settles once everything listened to and sent so far has reached the server. */
  flush(): Promise<void>;
  /** Frames and bytes by lane. */
  metrics?(): readonly Metric[];
  close(): Promise<void>;
}
