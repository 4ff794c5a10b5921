import {SeededRandom} from '../support/seeded-random.js';
import {Broken} from './broken.js';
import {EventQueue} from './event-queue.js';
import {Reached} from './reached.js';
import {SimulatedNetwork} from './simulated-network.js';
import {Trace} from './trace.js';

/** What all simulated processes share: time, chance, the network, and whoever watches. */
export class SimulatedWorld {
  readonly queue = new EventQueue();
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly reached = new Reached();
  readonly broken: Broken;
  readonly network: SimulatedNetwork;

  constructor(seed: number, options: {readonly trace: boolean}) {
    this.random = new SeededRandom(seed);
    this.trace = new Trace(() => this.queue.now, options.trace);
    this.broken = new Broken(this.trace);
    this.network = new SimulatedNetwork(this);
  }

  /** Lets virtual time pass: after each thing that happens, every promise is followed to its end. */
  async advance(ms: number): Promise<void> {
    const until = this.queue.now + ms;
    await settle();
    while (this.queue.step(until)) await settle();
  }
}

function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
