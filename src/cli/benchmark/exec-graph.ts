import {extname} from 'node:path';
import {InvalidArgumentError} from 'commander';
import type {NetworkRuntimeGraph} from '../../client/runtime-graph.js';
import {writeResult} from '../write-result.js';

type Writer = (graph: NetworkRuntimeGraph) => string | Uint8Array;

const writers = new Map<string, Writer>([
  ['.onnx', graph => graph.toOnnx()],
  ['.dot', graph => graph.toDot()],
  ['.svg', graph => graph.toSvg()],
]);

/** A file whose name says what is written. */
export function execGraphPath(path: string): string {
  if (writers.has(extname(path))) return path;
  throw new InvalidArgumentError(`expected a file with one of ${[...writers.keys()].join(', ')}.`);
}

/** `path` was checked. */
export async function writeExecGraph(path: string, graph: NetworkRuntimeGraph): Promise<void> {
  const content = writers.get(extname(path))?.(graph);
  if (content !== undefined) await writeResult(path, content);
}
