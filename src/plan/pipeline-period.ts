import {operationAt} from './network-index.js';
import type {PipelineDevices} from './partition-greedily.js';
import {assumedBytes, type PipelineCosts, transferMs, type UnitNetwork} from './pipeline-costs.js';

/** A value, the unit that makes it, and those that read it. */
interface Flow {
  readonly bytes: number;
  readonly maker: number;
  readonly readers: readonly number[];
}

/** How often a pipeline can finish a request: the time of its slowest device or connection. */
export class PipelinePeriod {
  readonly #costs: PipelineCosts;
  readonly #devices: PipelineDevices;
  readonly #flows: readonly Flow[];

  constructor(network: UnitNetwork, costs: PipelineCosts, devices: PipelineDevices) {
    this.#costs = costs;
    this.#devices = devices;
    this.#flows = flowsOf(network);
  }

  /** Milliseconds, for the device of each unit; each value is sent once to each device. */
  of(deviceOf: readonly number[]): number {
    let slowest = 0;
    for (const time of this.#computeMs(deviceOf)) slowest = Math.max(slowest, time);
    for (const time of this.#transferMs(deviceOf)) slowest = Math.max(slowest, time);
    return slowest;
  }

  /** A period below which no partition can come. */
  get atLeastMs(): number {
    const {speeds} = this.#devices;
    const {workBefore, refusedFrom, units} = this.#costs;
    let total = 0;
    for (const speed of speeds) total += speed;
    let least = (workBefore[units] ?? 0) / total;
    for (let unit = 0; unit < units; unit++) {
      let fastest = 0;
      for (let device = 0; device < speeds.length; device++) {
        const takes = (refusedFrom[device]?.[unit] ?? unit) > unit;
        if (takes) fastest = Math.max(fastest, speeds[device] ?? 0);
      }
      least = Math.max(least, this.#work(unit) / fastest);
    }
    return least;
  }

  #work(unit: number): number {
    const {workBefore} = this.#costs;
    return (workBefore[unit + 1] ?? 0) - (workBefore[unit] ?? 0);
  }

  #computeMs(deviceOf: readonly number[]): readonly number[] {
    const work = this.#devices.speeds.map(() => 0);
    deviceOf.forEach((device, unit) => {
      work[device] = (work[device] ?? 0) + this.#work(unit);
    });
    return work.map((sum, device) => sum / (this.#devices.speeds[device] ?? 1));
  }

  #transferMs(deviceOf: readonly number[]): readonly number[] {
    const bytes = new Map<number, number>();
    const count = this.#devices.speeds.length;
    for (const flow of this.#flows) {
      const from = deviceOf[flow.maker] ?? 0;
      for (const to of new Set(flow.readers.map(reader => deviceOf[reader] ?? 0))) {
        if (to === from) continue;
        const key = from * count + to;
        bytes.set(key, (bytes.get(key) ?? 0) + flow.bytes);
      }
    }
    return [...bytes].map(([key, sum]) => {
      return transferMs(this.#devices.link(Math.floor(key / count), key % count), sum);
    });
  }
}

function flowsOf({index, roles, units}: UnitNetwork): readonly Flow[] {
  const flows = new Map<string, {bytes: number; maker: number; readers: number[]}>();
  units.units.forEach((unit, reader) => {
    for (const value of unit.flatMap(operation => operationAt(index, operation).inputs)) {
      const producer = index.producers.get(value);
      if (producer === undefined || roles.constant[producer] === true) continue;
      const maker = units.unitOf[producer] ?? -1;
      const flow = flows.get(value);
      if (flow !== undefined) flow.readers.push(reader);
      else flows.set(value, {bytes: assumedBytes(index, value), maker, readers: [reader]});
    }
  });
  return [...flows.values()];
}
