import {countersMax, type OperationCounter} from '../../schemas/performance-counters.js';
import type {RuntimeGraph, RuntimeNode} from '../../schemas/runtime-graph.js';

interface Average {
  latest: OperationCounter;
  sumUs: number;
  count: number;
}

/** What the operations of a stage took, over all inferences that were measured. */
export class RuntimeAverages {
  readonly #byName = new Map<string, Average>();

  add(operations: readonly OperationCounter[]): void {
    for (const operation of operations) {
      const known = this.#byName.get(operation.name);
      if (known === undefined) this.#addNew(operation);
      else count(known, operation);
    }
  }

  /**
   * The graph with times and types; operations that turned out to be fused are one node, and kernels
   * of which only their times are known come last, without inputs and outputs.
   */
  annotate({nodes}: RuntimeGraph): RuntimeGraph {
    const whole = this.#fuse(nodes);
    const known = new Set(whole.map(({name}) => name));
    const executed = [...this.#byName.values()].map(({latest}) => latest);
    const others = executed.filter(({name, status}) => status === 'EXECUTED' && !known.has(name));
    return {nodes: [...whole, ...others.map(nodeWithoutPlace)].map(node => this.#timed(node))};
  }

  #addNew(latest: OperationCounter): void {
    if (this.#byName.size >= countersMax) return;
    const average = {latest, sumUs: 0, count: 0};
    count(average, latest);
    this.#byName.set(latest.name, average);
  }

  /** A node takes the place of the last that is fused into it. */
  #fuse(nodes: readonly RuntimeNode[]): readonly RuntimeNode[] {
    const leaders = new Map<string, string>();
    for (const {latest} of this.#byName.values()) {
      for (const name of latest.fused) leaders.set(name, latest.name);
    }
    const groups = new Map<string, RuntimeNode[]>();
    for (const node of nodes.toReversed()) {
      const leader = leaders.get(node.name) ?? node.name;
      const group = groups.get(leader);
      if (group === undefined) groups.set(leader, [node]);
      else group.unshift(node);
    }
    return [...groups].map(([leader, group]) => fuse(leader, group, nodes)).reverse();
  }

  #timed(node: RuntimeNode): RuntimeNode {
    const average = this.#byName.get(node.name);
    if (average === undefined) return node;
    const {latest, sumUs, count} = average;
    const isKnown = latest.execType === '' || node.type.endsWith(`.${latest.execType}`);
    return {
      ...node,
      type: isKnown ? node.type : latest.execType,
      outputTypes: latest.outputTypes,
      execUs: count === 0 ? null : sumUs / count,
    };
  }
}

function count(average: Average, operation: OperationCounter): void {
  if (operation.status !== 'EXECUTED') return;
  average.latest = operation;
  average.sumUs += operation.realUs;
  average.count++;
}

function fuse(
  leader: string,
  group: readonly RuntimeNode[],
  nodes: readonly RuntimeNode[],
): RuntimeNode {
  const [first] = group;
  if (first !== undefined && group.length === 1) return first;
  const members = new Set(group);
  const made = new Set(group.flatMap(({outputs}) => outputs));
  const read = new Set(group.flatMap(({inputs}) => inputs));
  const outside = new Set(nodes.filter(node => !members.has(node)).flatMap(({inputs}) => inputs));
  return {
    name: leader,
    type: group.find(({name}) => name === leader)?.type ?? '',
    originals: group.flatMap(({originals}) => originals),
    inputs: [...read].filter(name => !made.has(name)),
    outputs: [...made].filter(name => outside.has(name) || !read.has(name)),
    outputTypes: [],
    execUs: null,
  };
}

function nodeWithoutPlace({name, execType: type}: OperationCounter): RuntimeNode {
  return {name, type, originals: [], inputs: [], outputs: [], outputTypes: [], execUs: null};
}
