import type {NetworkGraph} from '../../schemas/network-graph.js';
import {clientIndex, type Stage, type StageGraph} from '../../schemas/stage-graph.js';

/** A value as the expression that made it, by a short name that stands for it. */
export type Symbolic = string;

/**
 * Runs networks on expressions instead of numbers: two values are equal if and only if the same
 * operations made them of the same values. Equal expressions get equal names, so they stay small.
 */
export class SymbolicRun {
  readonly #graph: NetworkGraph;
  readonly #names = new Map<string, Symbolic>();

  constructor(graph: NetworkGraph) {
    this.#graph = graph;
  }

  expression(text: string): Symbolic {
    const name = this.#names.get(text) ?? `#${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** Network outputs, from what the client gives, in one piece. */
  whole(given: ReadonlyMap<string, Symbolic>): ReadonlyMap<string, Symbolic> {
    const names = this.#graph.operations.map(operation => operation.name);
    return this.#run(names, given, this.#graph.outputs);
  }

  /** Network outputs, from what the client gives, by the stages and edges of a stage graph. */
  staged(graph: StageGraph, given: ReadonlyMap<string, Symbolic>): ReadonlyMap<string, Symbolic> {
    const outputs = new Map<string, Symbolic>();
    const arrived = graph.stages.map(() => new Map<string, Symbolic>());
    const send = (from: number, made: ReadonlyMap<string, Symbolic>) => {
      for (const edge of graph.edges.filter(edge => edge.from === from)) {
        const value = made.get(edge.output);
        if (value === undefined && edge.optional) continue;
        const to = edge.to === clientIndex ? outputs : arrived[edge.to];
        to?.set(edge.input, value ?? `${edge.output} is missing`);
      }
    };
    send(clientIndex, given);
    for (const stage of graph.stages) send(stage.index, this.#stage(stage, arrived[stage.index]));
    return outputs;
  }

  /** What some of the operations, in topological order, make of what is given. */
  part(
    operations: readonly string[],
    given: ReadonlyMap<string, Symbolic>,
    outputs: readonly string[],
  ): ReadonlyMap<string, Symbolic> {
    return this.#run(operations, given, outputs);
  }

  #stage(stage: Stage, arrived: ReadonlyMap<string, Symbolic> = new Map()) {
    const outputs = stage.outputs.map(({name}) => name);
    if (stage.role === 'execute') return this.#run(stage.operations, arrived, outputs);
    const names = stage.inputs.map(({name}) => arrived.get(name));
    return new Map(
      outputs.map((output, at) => [output, this.expression(`${stage.role}(${names[at]})`)]),
    );
  }

  #run(
    operations: readonly string[],
    given: ReadonlyMap<string, Symbolic>,
    outputs: readonly string[],
  ): ReadonlyMap<string, Symbolic> {
    const values = new Map(given);
    for (const name of this.#graph.initializers.keys()) {
      if (!values.has(name)) values.set(name, this.expression(`initializer ${name}`));
    }
    const byName = new Map(this.#graph.operations.map(operation => [operation.name, operation]));
    for (const name of operations) {
      const operation = byName.get(name);
      const read = operation?.inputs.map(input => values.get(input) ?? `${input} is missing`);
      for (const output of operation?.outputs ?? []) {
        values.set(output, this.expression(`${name}(${read}).${output}`));
      }
    }
    return new Map(outputs.map(output => [output, values.get(output) ?? `${output} is missing`]));
  }
}
