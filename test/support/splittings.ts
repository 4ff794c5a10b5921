import type {Network} from '../../src/index.js';
import type {PartialPlugin} from './partial-plugin.js';
import type {SeededRandom} from './seeded-random.js';

/** How often the device changes from one operation to the next. */
const changeChance = 0.5;

/** Every operation on one of two devices; those that share a sequence on the same. */
export function byAffinity(network: Network, random: SeededRandom): string {
  const devices = ['CPU', 'WASM'];
  const deviceOf = new Map<string, string>();
  let device = random.pick(devices);
  for (const {name, type, inputs, outputs} of network.parsed.graph.operations) {
    if (random.chance(changeChance)) device = random.pick(devices);
    const tied = type === 'SequenceAt' ? deviceOf.get(inputs[0] ?? '') : undefined;
    network.setAffinity(name, tied ?? device);
    for (const output of outputs) deviceOf.set(output, tied ?? device);
  }
  return 'HETERO:WASM,CPU';
}

/** Some operations on the plugin's device, and what it leaves out on `fallback`. */
export function byFallback(partial: PartialPlugin, fallback: string) {
  return (network: Network, random: SeededRandom): string => {
    let claims = random.chance(0.5);
    const claimed = network.operations.filter(() => {
      if (random.chance(changeChance)) claims = !claims;
      return claims;
    });
    partial.claimed = new Set(claimed.map(({name}) => name));
    return `HETERO:${partial.name},${fallback}`;
  };
}
