import {type ErrorCode, InferenceError} from '../../errors.js';
import type {CaseOutcome} from './case-result.js';

/** What is wrong with one way to run a case. */
export interface CaseFault {
  readonly outcome: Exclude<CaseOutcome, 'passed'>;
  readonly message: string;
}

const outcomes: Partial<Record<ErrorCode, CaseFault['outcome']>> = {
  UNSUPPORTED_OPERATIONS: 'unsupported',
  NOT_IMPLEMENTED: 'unsupported',
  DEVICE_LOST: 'crashed',
  DEADLINE_EXCEEDED: 'hanging',
};

export function faultOf(error: unknown): CaseFault {
  const {code, message} = InferenceError.from(error);
  return {outcome: outcomes[code] ?? 'failed', message: `${code}: ${message}`};
}
