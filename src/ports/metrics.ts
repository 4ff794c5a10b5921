export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  /** How many observations were at most `max`, by growing `max`; those above all are in `count`. */
  readonly buckets: readonly {readonly max: number; readonly count: number}[];
  readonly count: number;
  readonly sum: number;
}

/**
 * One thing that is measured, for whoever watches: its name (the unit last, `_total` for what only
 * grows), what it is, and its values by labels. Plain data: it crosses processes.
 */
export type Metric =
  | {
      readonly type: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly Sample[];
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly HistogramSample[];
    };

/** The same metrics, with these labels besides their own. */
export function labelled(metrics: readonly Metric[], labels: Labels): readonly Metric[] {
  const add = <T extends {readonly labels: Labels}>(sample: T): T => {
    return {...sample, labels: {...labels, ...sample.labels}};
  };
  return metrics.map(metric =>
    metric.type === 'histogram'
      ? {...metric, samples: metric.samples.map(add)}
      : {...metric, samples: metric.samples.map(add)},
  );
}
