import type {CoordinatorHost} from './coordinator-host.js';
import type {SimulatedWorld} from './simulated-world.js';

const sentence = 'at most one leader acts in each term';

/** Looks at what leaders do: write records, and give orders to devices. */
export class LeaderWatch {
  readonly #world: SimulatedWorld;
  readonly #coordinators: readonly CoordinatorHost[];
  /** Who wrote in each term. */
  readonly #writers = new Map<number, string>();
  /** The term in which each record was written last. */
  readonly #terms = new Map<string, number>();

  constructor(world: SimulatedWorld, coordinators: readonly CoordinatorHost[]) {
    this.#world = world;
    this.#coordinators = coordinators;
  }

  wrote(process: string, key: string, value: unknown): void {
    if (!key.startsWith('deployment.')) return;
    const {term} = value as {readonly term: number};
    const writer = this.#writers.get(term) ?? process;
    this.#writers.set(term, writer);
    const last = this.#terms.get(key) ?? 0;
    this.#terms.set(key, term);
    if (writer !== process) this.#report(`${writer} and ${process} write in term ${term}`);
    if (term < last) this.#report(`${process} writes ${key} in term ${term}, after ${last}`);
  }

  /** A process that does not run gives no orders, whatever it may think. */
  ordered(process: string): void {
    const leading = this.#coordinators.flatMap(({leads, processes}) =>
      leads ? processes.filter(({runs}) => runs).map(({name}) => name) : [],
    );
    if (leading.length === 1 && leading[0] === process) return;
    this.#report(`${process} gives an order, while ${leading} lead`);
  }

  #report(what: string): void {
    this.#world.broken.report(sentence, what);
  }
}
