import type {Placement, Provider} from './placement.js';
import {type ProbeOptions, probe} from './probe.js';

/** The devices that were found, and why each provider that has none has none. */
export interface Found {
  readonly devices: readonly Placement[];
  readonly absent: ReadonlyMap<string, string>;
}

/** Devices of one provider that are looked for. */
const devicesMax = 16;

/** The devices of the first of `providers` that has any: two providers may mean the same device. */
export async function findDevices(
  providers: readonly Provider[],
  options: ProbeOptions,
): Promise<Found> {
  const placements = providers.map(provider => ({provider, device: 0}));
  const answers = await Promise.all(placements.map(placement => probe(placement, options)));
  const absent = new Map<string, string>();
  for (const [index, placement] of placements.entries()) {
    const answer = answers[index];
    if (answer?.works) return {devices: await numbered(placement, options), absent};
    absent.set(placement.provider.name, answer?.why ?? '');
  }
  return {devices: [], absent};
}

/** `first` and those after it, up to the first number that is no device. */
async function numbered(first: Placement, options: ProbeOptions): Promise<readonly Placement[]> {
  const devices = [first];
  while (first.provider.numbered && devices.length < devicesMax) {
    const next = {...first, device: devices.length};
    if (!(await probe(next, options)).works) break;
    devices.push(next);
  }
  return devices;
}
