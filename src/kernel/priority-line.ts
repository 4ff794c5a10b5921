import {type Priority, priorities} from '../../schemas/priority.js';

/** So often a priority that waits is passed over, and then has its turn. */
const passedMax = 16;

interface Level<T> {
  /** In the order in which they came. */
  readonly items: Set<T>;
  /** Items of other levels that were taken in a row while some waited here. */
  passed: number;
}

/**
 * Items that wait: those of the highest priority are taken first, and of these the first that came.
 * So that nobody starves, each priority is passed over `passedMax` times in a row at most, or once
 * more where two are due: while a flood of others comes, one in 17 is of the lowest. Counts take the
 * place of ages, which would need a clock; after `writes_starved` of Linux's deadline I/O scheduler.
 */
export class PriorityLine<T> implements Iterable<T> {
  /** From low to high. */
  readonly #levels = priorities.map((): Level<T> => ({items: new Set(), passed: 0}));

  get size(): number {
    return this.#levels.reduce((sum, {items}) => sum + items.size, 0);
  }

  /** From low to high. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const {items} of this.#levels) yield* items;
  }

  add(item: T, priority: Priority): void {
    const level = this.#levels[priorities.indexOf(priority)] as Level<T>;
    if (level.items.size === 0) level.passed = 0;
    level.items.add(item);
  }

  delete(item: T): boolean {
    return this.#levels.some(({items}) => items.delete(item));
  }

  /** Takes the item whose turn it is. */
  take(): T | undefined {
    const waiting = this.#levels.filter(({items}) => items.size > 0);
    const level = waiting.find(({passed}) => passed >= passedMax) ?? waiting.at(-1);
    if (level === undefined) return undefined;
    for (const other of waiting) if (other !== level) other.passed++;
    level.passed = 0;
    const [item] = level.items;
    level.items.delete(item as T);
    return item;
  }

  /**
   * Takes the item that can be spared most: of the lowest priority, the last that came. Only what is
   * `below` a priority, if one is given, and never the first of its priority: its turn comes.
   */
  pushOut(below?: Priority): T | undefined {
    const end = below === undefined ? priorities.length : priorities.indexOf(below);
    const level = this.#levels.slice(0, end).find(({items}) => items.size > 1);
    let last: T | undefined;
    for (const item of level?.items ?? []) last = item;
    if (last !== undefined) level?.items.delete(last);
    return last;
  }
}
