import type {SimulatedWorld} from './simulated-world.js';

const crashesMax = 3;

/** Counts how often networks have ended the processes of their devices, as far as a leader can know. */
export class Poisonings {
  readonly #world: SimulatedWorld;
  readonly #leader: () => string | undefined;
  /** By leader, network and device: the next leader begins anew. */
  readonly #deaths = new Map<string, number>();

  constructor(world: SimulatedWorld, leader: () => string | undefined) {
    this.#world = world;
    this.#leader = leader;
  }

  died(device: string, network: string): void {
    const key = this.#keyOf(device, network);
    this.#deaths.set(key, (this.#deaths.get(key) ?? 0) + 1);
    this.#world.reached.note('a kernel ended the process of its device');
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
