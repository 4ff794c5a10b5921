import type {Metric} from '../ports/metrics.js';

type Lane = 'reference' | 'inline' | 'chunked';
type Direction = 'sent' | 'received';

interface Count {
  readonly lane: Lane;
  readonly direction: Direction;
  frames: number;
  bytes: number;
}

const lanes: readonly Lane[] = ['reference', 'inline', 'chunked'];
const directions: readonly Direction[] = ['sent', 'received'];

/** Frames and their bytes by lane; by reference, the bytes of tensors that were not copied. */
export class LaneCounters {
  readonly #counts: readonly Count[] = lanes.flatMap(lane =>
    directions.map(direction => ({lane, direction, frames: 0, bytes: 0})),
  );

  count(lane: Lane, direction: Direction, bytes: number): void {
    const at = lanes.indexOf(lane) * directions.length + directions.indexOf(direction);
    const count = this.#counts[at];
    if (count === undefined) return;
    count.frames++;
    count.bytes += bytes;
  }

  /** A frame by reference: this process sends it, and receives it. */
  passed(bytes: number): void {
    for (const direction of directions) this.count('reference', direction, bytes);
  }

  metrics(): readonly Metric[] {
    const samples = (what: 'frames' | 'bytes') =>
      this.#counts.map(({lane, direction, ...count}) => {
        return {labels: {lane, direction}, value: count[what]};
      });
    return [
      {
        type: 'counter',
        name: 'heterodyne_lane_frames_total',
        help: 'Frames by lane and direction.',
        samples: samples('frames'),
      },
      {
        type: 'counter',
        name: 'heterodyne_lane_bytes_total',
        help: 'Bytes of frames by lane and direction; by reference, those of their tensors.',
        samples: samples('bytes'),
      },
    ];
  }
}
