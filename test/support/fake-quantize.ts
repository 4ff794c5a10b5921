/** The four ranges of a FakeQuantize for one element. */
export interface Ranges {
  readonly inputLow: number;
  readonly inputHigh: number;
  readonly outputLow: number;
  readonly outputHigh: number;
}

const single = Math.fround;

/** To the nearest whole number, halves to the even one, by the definition of a remainder. */
function nearest(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** OpenVINO's FakeQuantize of one element, each step in single precision. */
export function fakeQuantize(value: number, ranges: Ranges, levels: number): number {
  const {inputLow, inputHigh, outputLow, outputHigh} = ranges;
  if (value <= Math.min(inputLow, inputHigh)) return outputLow;
  if (value > Math.max(inputLow, inputHigh)) return outputHigh;
  const share = single(single(value - inputLow) / single(inputHigh - inputLow));
  const step = nearest(single(share * (levels - 1)));
  const width = single(outputHigh - outputLow);
  return single(single(single(step / (levels - 1)) * width) + outputLow);
}
