/** What the network does to frames between processes. */
export interface Weather {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Probabilities that a frame gets lost, arrives twice, or may overtake and be overtaken. */
  readonly dropped: number;
  readonly duplicated: number;
  readonly reordered: number;
}

export const calm: Weather = {
  delayMsMin: 0.2,
  delayMsMax: 2,
  dropped: 0,
  duplicated: 0,
  reordered: 0,
};
