import type {DeviceDescription} from '../../../schemas/device.js';
import type {Stage} from '../../../schemas/stage-graph.js';
import type {Digits} from './digits.js';
import type {DemoResult} from './run-demo.js';

/** What `heterodyne demo --json` prints. */
export interface DemoReport {
  /** Share of images that were recognised. */
  readonly accuracy: number;
  readonly images: number;
  readonly devices: readonly string[];
  readonly stages: readonly {
    readonly role: Stage['role'];
    readonly device: string;
    readonly node: string;
    readonly operations: readonly string[];
    /** Requests that ran here. */
    readonly executed: number;
    /** Averages over these requests. */
    readonly executeMs: number;
    readonly queueMs: number;
  }[];
  /** Every output equals that of the undivided network, within `tolerance`. */
  readonly matchesReference: boolean;
  /** Images a second. */
  readonly throughput: number;
  readonly latencyMs: {readonly p50: number; readonly p99: number};
}

/** Kernels of different devices round differently. */
const tolerance = 1e-4;

export function demoReport(
  digits: Digits,
  devices: readonly DeviceDescription[],
  result: DemoResult,
  reference: readonly Float64Array[],
): DemoReport {
  const right = digits.labels.filter((label, at) => predictionOf(result, at) === label);
  return {
    accuracy: right.length / digits.images.length,
    images: digits.images.length,
    devices: devices.map(({name}) => name).sort(),
    stages: result.stageGraph.stages.map((stage, index) => describeStage(stage, result, index)),
    matchesReference: reference.every((expected, at) =>
      isClose(result.probabilities[at], expected),
    ),
    throughput: result.throughput,
    latencyMs: {p50: result.latency.medianMs, p99: result.latency.p99Ms},
  };
}

/** The most probable digit. */
export function predictionOf({probabilities}: DemoResult, image: number): number {
  const each = Array.from(probabilities[image] ?? []);
  return each.indexOf(Math.max(...each));
}

function describeStage(stage: Stage, {statistics}: DemoResult, index: number) {
  const {role, operations, replicas} = stage;
  const {executed = 0, executeUs = 0, queueUs = 0} = statistics[index] ?? {};
  const averageMs = (sumUs: number) => (executed === 0 ? 0 : sumUs / executed / 1000);
  return {
    role,
    device: replicas[0]?.device ?? stage.device,
    node: replicas[0]?.node ?? '',
    operations,
    executed,
    executeMs: averageMs(executeUs),
    queueMs: averageMs(queueUs),
  };
}

function isClose(given: Float32Array | undefined, expected: Float64Array): boolean {
  if (given?.length !== expected.length) return false;
  return expected.every((value, at) => Math.abs(value - (given[at] ?? Number.NaN)) <= tolerance);
}
