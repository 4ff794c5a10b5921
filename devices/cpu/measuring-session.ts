import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {InferenceSession} from 'onnxruntime-node';
import {type MeasuringSession, profileBytesMax} from '../onnxruntime/measuring-session.js';
import {openTemporaryFolder} from '../onnxruntime/temporary-folder.js';

/**
 * A session whose profile goes into a file. It is written only when measuring ends, and then for
 * good; its name is the prefix and a time that the binding does not tell.
 */
export async function openMeasuringSession(
  open: (profileFilePrefix: string) => Promise<InferenceSession>,
): Promise<MeasuringSession> {
  const folder = await openTemporaryFolder();
  try {
    const session = await open(join(folder.path, 'profile'));
    return {session, end: () => end(session, folder.path).finally(folder.remove)};
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function end(session: InferenceSession, folder: string): Promise<string> {
  session.endProfiling();
  await session.release();
  const [name] = await readdir(folder);
  if (name === undefined) return '';
  const file = join(folder, name);
  return (await stat(file)).size > profileBytesMax ? '' : readFile(file, 'utf8');
}
