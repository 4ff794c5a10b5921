/**
 * The strongly connected components of a directed graph, each ascending, every component after all
 * that it has edges to. Tarjan 1972 with a stack of its own, so that depth costs no recursion.
 */
export function stronglyConnected(
  edges: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const search = new ComponentSearch(edges);
  for (let node = 0; node < edges.length; node++) search.from(node);
  return search.components;
}

class ComponentSearch {
  readonly components: number[][] = [];
  readonly #edges: readonly (readonly number[])[];
  /** When a node was met; 0 is never. */
  readonly #met: Int32Array;
  /** The earliest node still on `#open` that is known to be reachable from a node. */
  readonly #low: Int32Array;
  readonly #isOpen: Uint8Array;
  readonly #open: number[] = [];
  #clock = 0;

  constructor(edges: readonly (readonly number[])[]) {
    this.#edges = edges;
    this.#met = new Int32Array(edges.length);
    this.#low = new Int32Array(edges.length);
    this.#isOpen = new Uint8Array(edges.length);
  }

  from(start: number): void {
    if (this.#met[start] !== 0) return;
    const path = [this.#enter(start)];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = this.#edges[step.node]?.[step.edge++];
      if (next === undefined) {
        this.#leave(step.node, path.at(-2)?.node);
        path.pop();
      } else if (this.#met[next] === 0) {
        path.push(this.#enter(next));
      } else if (this.#isOpen[next] === 1) {
        this.#lower(step.node, this.#met[next] ?? 0);
      }
    }
  }

  #enter(node: number): {node: number; edge: number} {
    this.#met[node] = this.#low[node] = ++this.#clock;
    this.#open.push(node);
    this.#isOpen[node] = 1;
    return {node, edge: 0};
  }

  #leave(node: number, parent: number | undefined): void {
    if (parent !== undefined) this.#lower(parent, this.#low[node] ?? 0);
    if (this.#low[node] !== this.#met[node]) return;
    const component = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of component) this.#isOpen[member] = 0;
    this.components.push(component.sort((a, b) => a - b));
  }

  #lower(node: number, to: number): void {
    this.#low[node] = Math.min(this.#low[node] ?? to, to);
  }
}
