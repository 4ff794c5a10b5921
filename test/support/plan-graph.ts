import type {OperationSupport} from '../../schemas/device.js';
import type {NetworkGraph, Operation, ValueInfo} from '../../schemas/network-graph.js';
import type {StageGraph} from '../../schemas/stage-graph.js';
import type {Candidate} from '../../src/plan/assign-affinity.js';
import type {StageCut} from '../../src/plan/cut-stages.js';

/**
 * A network from a drawing of lines, operations in topological order:
 *
 *     inputs x
 *     weights w=64          initializers and their bytes
 *     overridable b=4       initializers that a request may override
 *     conv: x w b -> a      an operation; `~conv:` draws random numbers; `c1=Conv:` is of type Conv
 *     other seq             values that are no tensors; `unknown`, of unknown type
 *     dynamic d             tensors f32[?,4]; `strings`, of strings; all others f32[1,4], 16 bytes
 *     outputs a
 */
export function planGraph(drawing: string): NetworkGraph {
  const lines = drawing.split('\n').map(line => line.trim());
  const named = (word: string) =>
    lines
      .filter(line => line.startsWith(`${word} `))
      .flatMap(line => line.slice(word.length + 1).split(/[\s,]+/));
  const sized = (word: string) =>
    named(word).map((text): [string, number] => {
      const [name = '', bytes = '0'] = text.split('=');
      return [name, Number(bytes)];
    });
  const operations = lines.filter(line => line.includes('->')).map(operationOf);
  const overridable = sized('overridable');
  const inputs = named('inputs');
  const values = new Map<string, ValueInfo>();
  for (const value of [
    ...inputs,
    ...overridable.map(([name]) => name),
    ...operations.flatMap(({outputs}) => outputs),
    ...sized('weights').map(([name]) => name),
  ]) {
    values.set(value, {kind: 'tensor', type: 'f32', shape: [1, 4]});
  }
  for (const value of named('dynamic')) {
    values.set(value, {kind: 'tensor', type: 'f32', shape: ['?', 4]});
  }
  for (const value of named('strings')) {
    values.set(value, {kind: 'tensor', type: 'string', shape: [1, 4]});
  }
  for (const value of named('other')) values.set(value, {kind: 'other'});
  for (const value of named('unknown')) values.delete(value);
  return {
    name: 'drawn',
    operations,
    inputs,
    overridable: overridable.map(([name]) => name),
    outputs: named('outputs'),
    initializers: new Map([...sized('weights'), ...overridable]),
    values,
  };
}

function operationOf(line: string): Operation {
  const [head = '', rest = ''] = line.split(':');
  const [inputs = '', outputs = ''] = rest.split('->');
  const [name = '', type] = head.replace('~', '').split('=');
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  return {
    name,
    type: type ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    inputs: words(inputs),
    outputs: words(outputs),
    random: head.startsWith('~'),
  };
}

/** Operation to device, from `{A: 'conv relu', B: 'add'}`. */
export function affinityOf(devices: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(devices).flatMap(([device, names]) =>
      names.split(' ').map((name): [string, string] => [name, device]),
    ),
  );
}

/** A device that supports all operations of `graph` but those in `refused`, with the reason. */
export function candidate(
  device: string,
  graph: NetworkGraph,
  refused: Readonly<Record<string, string>> = {},
): Candidate {
  const support = graph.operations.map(({name}): OperationSupport => {
    const reason = refused[name];
    return reason === undefined ? {name, supported: true} : {name, supported: false, reason};
  });
  return {device, support};
}

/** Each stage as a line: `A: conv relu | x b? -> y`, `?` after what a request may override. */
export function drawCuts(graph: NetworkGraph, cuts: readonly StageCut[]): readonly string[] {
  return cuts.map(({device, operations, inputs, outputs, overridable}) => {
    const names = operations.map(at => graph.operations[at]?.name);
    const reads = [...inputs, ...overridable.map(name => `${name}?`)];
    return [`${device}:`, ...names, '|', ...reads, '->', ...outputs].join(' ');
  });
}

/** Each edge as a line: `client x -> 0 x`, `?` after it if it is optional. */
export function drawEdges({edges}: StageGraph): readonly string[] {
  const place = (index: number) => (index === -1 ? 'client' : index);
  return edges.map(
    ({from, output, to, input, optional}) =>
      `${place(from)} ${output} -> ${place(to)} ${input}${optional ? '?' : ''}`,
  );
}
