import {constants, copyFile, link, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {weightsLocation} from '../../schemas/network-blob.js';
import {InferenceError} from '../../src/errors.js';

export interface WeightsFolder {
  /** The weights under the name that the model gives them. */
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * A private folder with the weights under the name by which models look for them; undefined if there
 * are none. A hard link where the file systems allow it: ONNX Runtime refuses a symbolic one that
 * leaves the folder. Rejects with FILE_UNREADABLE.
 */
export async function openWeightsFolder(
  weightsFile: string | undefined,
): Promise<WeightsFolder | undefined> {
  if (weightsFile === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-weights-'));
  const remove = () => rm(folder, {recursive: true, force: true});
  try {
    return {file: await linkWeights(weightsFile, folder), remove};
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The same weights in `folder`, by the name by which models look for them. */
export async function linkWeights<File extends string | undefined>(
  weightsFile: File,
  folder: string,
): Promise<File | string> {
  if (weightsFile === undefined) return weightsFile;
  const file = join(folder, weightsLocation);
  try {
    await link(weightsFile, file).catch(() => copyOrClone(weightsFile, file));
    return file;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InferenceError(
      'FILE_UNREADABLE',
      `weights cannot be read: ${why}`,
      {},
      {cause: error},
    );
  }
}

function copyOrClone(from: string, to: string): Promise<void> {
  return copyFile(from, to, constants.COPYFILE_FICLONE);
}
