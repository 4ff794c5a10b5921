/** Sets of the numbers below `size`, at first each alone: union-find (Tarjan 1975). */
export class DisjointSets {
  readonly #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({length: size}, (_, at) => at);
  }

  /** The number that stands for the set of `at`. */
  find(at: number): number {
    let root = at;
    for (let parent = this.#up(root); parent !== root; parent = this.#up(root)) {
      this.#parent[root] = this.#up(parent);
      root = this.#up(root);
    }
    return root;
  }

  join(a: number, b: number): void {
    this.#parent[this.find(b)] = this.find(a);
  }

  #up(at: number): number {
    return this.#parent[at] ?? at;
  }
}
