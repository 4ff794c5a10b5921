import type {SimulatedWorld} from './simulated-world.js';

const crashesMax = 3;

/**
 * Counts how often networks have ended the processes of their devices, as far as a leader can know: by
 * what their nodes tell of starts. Whatever a process had held is forgotten with its node.
 */
export class Poisonings {
  readonly #world: SimulatedWorld;
  readonly #leader: () => string | undefined;
  /** What ended the last process of each device. */
  readonly #killers = new Map<string, string>();
  /** By leader, network and device: the next leader begins anew. */
  readonly #deaths = new Map<string, number>();

  constructor(world: SimulatedWorld, leader: () => string | undefined) {
    this.#world = world;
    this.#leader = leader;
  }

  died(device: string, network: string): void {
    this.#killers.set(device, this.#keyOf(device, network));
    this.#world.reached.note('a kernel ended the process of its device');
  }

  /** A node has started the process of a device, so often before. */
  starts(device: string, restarts: number): void {
    const killer = this.#killers.get(device);
    this.#killers.delete(device);
    if (killer === undefined || restarts === 0) return;
    this.#deaths.set(killer, (this.#deaths.get(killer) ?? 0) + 1);
  }

  loads(device: string, network: string): void {
    const deaths = this.#deaths.get(this.#keyOf(device, network)) ?? 0;
    if (deaths < crashesMax) return;
    const what = `${network} is loaded on ${device}, whose process it has ended ${deaths} times`;
    this.#world.broken.report('what ends its device three times is not loaded there again', what);
  }

  #keyOf(device: string, network: string): string {
    return `${this.#leader()} ${network} ${device}`;
  }
}
