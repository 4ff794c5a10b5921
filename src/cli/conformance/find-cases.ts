import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {InferenceError} from '../../errors.js';

/** A folder in ONNX's backend-test format: a network, and tensors to feed and to expect. */
export interface CaseFolder {
  /** The folder's path below the one that was searched: `node/test_relu`. */
  readonly name: string;
  readonly path: string;
}

export const networkFile = 'model.onnx';

const depthMax = 6;

/**
 * Every folder below `root` with a `model.onnx` in it, sorted by name; only those whose name holds
 * `filter`. Rejects with FILE_UNREADABLE.
 */
export async function findCases(root: string, filter = ''): Promise<readonly CaseFolder[]> {
  const found: CaseFolder[] = [];
  await search(root, '', depthMax, found);
  return found.filter(({name}) => name.includes(filter)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function search(path: string, name: string, depth: number, found: CaseFolder[]) {
  const entries = await readdir(path, {withFileTypes: true}).catch((error: unknown) => {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  });
  if (entries.some(entry => entry.name === networkFile)) {
    found.push({name: name === '' ? '.' : name, path});
    return;
  }
  if (depth === 0) return;
  for (const entry of entries.filter(each => each.isDirectory())) {
    const below = name === '' ? entry.name : `${name}/${entry.name}`;
    await search(join(path, entry.name), below, depth - 1, found);
  }
}
