export const caseOutcomes = ['passed', 'failed', 'unsupported', 'crashed', 'hanging'] as const;

/**
 * What became of a case. `unsupported`: the device says so, or the case feeds or expects what does
 * not travel, or onnxruntime itself does not run it. `crashed`: a process or a device ended.
 */
export type CaseOutcome = (typeof caseOutcomes)[number];

/** What became of the places at which a network was cut in two. */
export interface CutCounts {
  readonly passed: number;
  readonly failed: number;
  /** A device does not support its part. */
  readonly unsupported: number;
  /** Operations on both sides share a value that is no tensor: they cannot be parted. */
  readonly joined: number;
}

export interface CaseResult {
  readonly name: string;
  /** The type of the network's operations, if they are of one. */
  readonly operation: string;
  readonly outcome: CaseOutcome;
  /** What went wrong, or what the outputs were compared with if not with the expected ones. */
  readonly message: string;
  readonly cuts: CutCounts;
}

export const noCuts: CutCounts = {passed: 0, failed: 0, unsupported: 0, joined: 0};

/** Stands for the operation of a network that has several. */
export const severalOperations = '(several)';
