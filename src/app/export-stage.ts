import {createReadStream} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {CompiledRef} from '../../schemas/compiled-network.js';
import {InferenceError} from '../errors.js';
import type {ExecutableNetwork, Plugin} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';

export interface ExportStageOptions {
  readonly plugin: Plugin;
  readonly executable: ExecutableNetwork;
  readonly bulk: BulkStore;
}

/**
 * Puts what was compiled for a stage into the bulk store, once if it is there; null for what cannot
 * be exported. Rejects with STORE_UNAVAILABLE, or what the plugin or the store fails with.
 */
export async function exportStage(options: ExportStageOptions): Promise<CompiledRef | null> {
  const {plugin, executable} = options;
  const requirements = await plugin.runtimeRequirements?.();
  if (requirements === undefined || executable.exportNetwork === undefined) return null;
  try {
    const stored = await exportStored(options);
    return stored === null ? null : {...stored, requirements};
  } catch (error) {
    throw InferenceError.from(error, 'STORE_UNAVAILABLE');
  }
}

type Stored = Pick<CompiledRef, 'content' | 'weights'>;

async function exportStored(options: ExportStageOptions): Promise<Stored | null> {
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-export-'));
  try {
    return await exportInto(folder, options);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function exportInto(
  folder: string,
  {executable, bulk}: ExportStageOptions,
): Promise<Stored | null> {
  const exported = await executable.exportNetwork?.(folder);
  if (exported === undefined) return null;
  const {content, weightsFile} = exported;
  return {
    content: await bulk.put(content),
    weights: weightsFile === undefined ? null : await bulk.put(() => createReadStream(weightsFile)),
  };
}
