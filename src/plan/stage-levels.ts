import type {AtomicUnits} from './atomic-units.js';

/** Units of one device that form a stage. */
export interface LevelledStage {
  readonly device: string;
  /** A stage reads only what stages of lower levels make. */
  readonly level: number;
  readonly units: readonly number[];
}

/**
 * Units grouped into stages. The level of a unit is the greatest over those it reads from, plus one
 * for each of another device: along any path levels never fall, and they rise whenever a path
 * leaves a device. So all units of one device and level form one stage, connected or not, and no
 * path leaves it and comes back. A stage is then put off into the next one of its device if nothing
 * would have to wait longer for it: if all that read from it are that stage, or of higher levels.
 * That keeps levels rising between stages, hence their graph acyclic, and makes it no deeper.
 */
export function levelStages(
  units: AtomicUnits,
  devices: readonly string[],
): readonly LevelledStage[] {
  const stages = groupByLevel(units, devices);
  const target = putOff(stages, stageReaders(units, stages));
  const merged = stages.map(({device, level}) => ({device, level, units: [] as number[]}));
  stages.forEach((stage, at) => {
    const into = merged[target[at] ?? at]?.units;
    for (const unit of stage.units) into?.push(unit);
  });
  return merged.filter(stage => stage.units.length > 0);
}

function groupByLevel(units: AtomicUnits, devices: readonly string[]): readonly LevelledStage[] {
  const levels: number[] = [];
  const stages = new Map<string, Map<number, number[]>>();
  units.sources.forEach((sources, unit) => {
    let level = 0;
    for (const source of sources) {
      const from = levels[source] ?? 0;
      level = Math.max(level, devices[source] === devices[unit] ? from : from + 1);
    }
    levels.push(level);
    const ofDevice = getOrAdd(stages, devices[unit] ?? '', () => new Map<number, number[]>());
    getOrAdd(ofDevice, level, () => []).push(unit);
  });
  return [...stages].flatMap(([device, ofDevice]) =>
    [...ofDevice].map(([level, members]) => ({device, level, units: members})),
  );
}

/** For each stage those that read from it. */
function stageReaders(
  units: AtomicUnits,
  stages: readonly LevelledStage[],
): readonly ReadonlySet<number>[] {
  const stageOf: number[] = [];
  stages.forEach((stage, at) => {
    for (const unit of stage.units) stageOf[unit] = at;
  });
  const readers = stages.map(() => new Set<number>());
  units.sources.forEach((sources, unit) => {
    const reader = stageOf[unit] ?? -1;
    for (const source of sources) {
      const from = stageOf[source] ?? -1;
      if (from !== reader) readers[from]?.add(reader);
    }
  });
  return readers;
}

/** For each stage the one it becomes part of. From the last level up, so targets are final. */
function putOff(
  stages: readonly LevelledStage[],
  readers: readonly ReadonlySet<number>[],
): readonly number[] {
  const target = stages.map((_, at) => at);
  const nextOfDevice = new Map<string, number>();
  const lastFirst = target.toSorted((a, b) => levelOf(stages, b) - levelOf(stages, a));
  for (const at of lastFirst) {
    const device = stages[at]?.device ?? '';
    const next = nextOfDevice.get(device);
    const waits = (reader: number) => {
      const final = target[reader] ?? reader;
      return final === next || levelOf(stages, final) > levelOf(stages, next ?? at);
    };
    if (next !== undefined && [...(readers[at] ?? [])].every(waits)) target[at] = next;
    else nextOfDevice.set(device, at);
  }
  return target;
}

function levelOf(stages: readonly LevelledStage[], at: number): number {
  return stages[at]?.level ?? 0;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
