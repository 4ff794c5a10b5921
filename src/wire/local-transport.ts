import type {Metric} from '../ports/metrics.js';
import type {
  Address,
  Frame,
  Listener,
  Listening,
  SendOptions,
  Transport,
  TransportStatus,
} from '../ports/transport.js';
import {checkFrameBytes} from './frame-codec.js';
import {LaneCounters} from './lane-counters.js';
import {StatusBoard} from './status-board.js';
import {Switchboard} from './switchboard.js';
import {sentTensors} from './tensor-table.js';

/** Bytes of one frame, unless a transport is given another bound. */
export const defaultFrameBytesMax = 2 ** 30;

export interface LocalTransportOptions {
  readonly frameBytesMax?: number;
}

/** A transport inside one process: frames are delivered by reference, without a codec. */
export function createLocalTransport(options: LocalTransportOptions = {}): Transport {
  return new LocalTransport(options.frameBytesMax ?? defaultFrameBytesMax);
}

class LocalTransport implements Transport {
  readonly frameBytesMax: number;
  readonly #board = new Switchboard();
  readonly #status = new StatusBoard();
  readonly #counters = new LaneCounters();

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  listen(address: Address, listener: Listener): Listening {
    this.#status.checkOpen();
    return this.#board.listen(address, listener);
  }

  send(to: Address, frame: Frame, options?: SendOptions): void {
    this.#status.checkOpen();
    const bytes = checkFrame(frame, this.frameBytesMax);
    this.#board.post(to, frame, options);
    this.#counters.passed(bytes);
  }

  onStatus(call: (status: TransportStatus) => void): Listening {
    return this.#status.onChange(call);
  }

  flush(): Promise<void> {
    return this.#board.drained();
  }

  metrics(): readonly Metric[] {
    return this.#counters.metrics();
  }

  async close(): Promise<void> {
    this.#board.clear();
    this.#status.change('closed');
  }
}

/**
 * Gives the bytes of a frame's tensors. Refuses what another transport would refuse, so that it is
 * found on one host too: throws InferenceError INVALID_FRAME for tensors whose data is not what their
 * shapes say, and PAYLOAD_TOO_LARGE.
 */
export function checkFrame(frame: Frame, frameBytesMax: number): number {
  const bytes = sentTensors(frame.tensors).reduce((sum, {row}) => sum + row[3], 0);
  checkFrameBytes(bytes, frameBytesMax);
  return bytes;
}
