import type {StageMessage} from '../schemas/messages/stage.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {ClientRequest} from './client-request.js';
import {addressesOf} from './route-table.js';

/** How often replicas are asked, and how long an attempt runs before its own are. */
export const watchMs = 1000;
/** A replica that is silent for longer is gone: kernels never run on the thread that answers. */
const answerMsMax = 5000;

/**
 * Finds out about replicas that end without a word. A frame that reaches nobody is told at once; one
 * that ended after it had taken its frames, or whose host is cut off, is found by asking.
 */
export class RouteWatch {
  readonly #asked = new Set<string>();

  /** The replicas to ask now; each counts as asked until `answered`. */
  due(requests: Iterable<ClientRequest>, now: number): readonly string[] {
    const due = new Set<string>();
    for (const request of requests) {
      if (!request.running || now - request.begunAt < watchMs) continue;
      for (const address of addressesOf(request.way)) {
        if (!this.#asked.has(address)) due.add(address);
      }
    }
    for (const address of due) this.#asked.add(address);
    return [...due];
  }

  answered(address: string): void {
    this.#asked.delete(address);
  }
}

/** Any answer will do. */
export function presenceQuestion(address: string): Question {
  return {
    to: address,
    timeoutMs: answerMsMax,
    message: (ask): StageMessage => ({kind: 'stats', ask}),
    absent: () => new InferenceError('DEVICE_LOST', `nobody is at ${address}`),
  };
}

export function saysGone(outcome: Outcome): boolean {
  if (outcome.ok) return false;
  const {code} = InferenceError.from(outcome.error);
  return code === 'DEVICE_LOST' || code === 'DEADLINE_EXCEEDED';
}
