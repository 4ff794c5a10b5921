/** How much is measured; the results of different parameters are not to be compared. */
export interface Parameters {
  /** Every contender has its turn once in each round. */
  readonly rounds: number;
  readonly warmUpMs: number;
  /** Not counted at the start of each throughput measurement. */
  readonly settleMs: number;
  readonly throughputMs: number;
  readonly latencyMs: number;
  /** Different inputs of each network. */
  readonly inputs: number;
  readonly tiny: {readonly inFlight: number};
  readonly residual: {
    /** Height and width of the image. */
    readonly pixels: number;
    readonly channels: number;
    readonly inFlight: number;
  };
}

/** A few seconds: what the test suite runs, so that the bench cannot rot. */
export const small: Parameters = {
  rounds: 2,
  warmUpMs: 50,
  settleMs: 20,
  throughputMs: 100,
  latencyMs: 100,
  inputs: 2,
  tiny: {inFlight: 8},
  residual: {pixels: 32, channels: 8, inFlight: 4},
};

/** Minutes: what results are made of. */
export const large: Parameters = {
  rounds: 15,
  warmUpMs: 1500,
  settleMs: 250,
  throughputMs: 1000,
  latencyMs: 500,
  inputs: 8,
  tiny: {inFlight: 64},
  residual: {pixels: 224, channels: 48, inFlight: 16},
};
