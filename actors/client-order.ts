import type {Deployment} from '../schemas/deployment.js';
import type {Question} from '../src/kernel/asks.js';
import type {TransportStatus} from '../src/ports/transport.js';
import type {Submission} from './client-request.js';
import type {Way} from './route-table.js';

/** What the library tells its session. */
export type ClientOrder =
  | {readonly kind: 'submit'; readonly submission: Submission}
  | {readonly kind: 'cancel'; readonly request: number}
  /** A user has begun anew: what is kept on that way is wanted no more. */
  | {readonly kind: 'forgetState'; readonly session: number; readonly way: Way}
  | {readonly kind: 'ask'; readonly ask: number; readonly question: Question}
  | {readonly kind: 'loaded'; readonly deployment: Deployment}
  | {readonly kind: 'released'; readonly deployment: Deployment}
  | {readonly kind: 'connection'; readonly status: TransportStatus};
