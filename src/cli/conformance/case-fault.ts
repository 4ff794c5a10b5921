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
  const outcome = isLoss(code, message) ? 'crashed' : outcomes[code];
  return {outcome: outcome ?? 'failed', message: `${code}: ${message}`};
}

/** A device that is lost while it is asked supports nothing, for that reason. */
function isLoss(code: ErrorCode, message: string): boolean {
  return code === 'UNSUPPORTED_OPERATIONS' && message.includes('DEVICE_LOST: ');
}
