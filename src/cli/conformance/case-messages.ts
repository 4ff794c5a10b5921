import type {WireError} from '../../../schemas/errors.js';
import type {ConnectOptions} from '../../app/connect-options.js';
import type {CaseResult} from './case-result.js';
import type {CaseFolder} from './find-cases.js';

/** How cases are run, as the command was told. */
export interface CaseSettings {
  /** The cluster to use; null: one inside each process. */
  readonly connect: ConnectOptions | null;
  readonly device: string;
  /** The module of a plugin beside those that come with Heterodyne; only inside each process. */
  readonly plugin: string | null;
  /** Null: chosen from the devices that are there. */
  readonly cutWith: string | null;
  /** Cases are run undivided only. */
  readonly noCuts: boolean;
  readonly inferTimeoutMs: number;
}

/** What the command tells a process that runs cases. Secrets travel here, not in arguments. */
export type ToCaseProcess =
  | {readonly kind: 'start'; readonly settings: CaseSettings}
  | {readonly kind: 'run'; readonly folder: CaseFolder}
  | {readonly kind: 'behave'; readonly name: string};

/** What a process that runs cases tells the command. */
export type FromCaseProcess =
  | {readonly kind: 'ready'; readonly cutWith: string | null}
  | {readonly kind: 'failed'; readonly error: WireError}
  | {readonly kind: 'step'; readonly step: string}
  | {readonly kind: 'result'; readonly result: CaseResult};
