import {open, readFile} from 'node:fs/promises';
import {blobMagic} from '../../schemas/exported-network.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import type {Core} from '../app/core.js';
import {packageVersion} from '../app/package-version.js';
import type {LoadOptions} from '../client/cluster-client.js';
import type {ExecutableNetwork} from '../client/executable-network.js';
import type {LoadConfig} from '../client/flatten-config.js';
import {flattenConfig} from '../client/flatten-config.js';
import {InferenceError} from '../errors.js';
import {parseDeviceExpression} from '../plan/device-expression.js';
import {blobCodec} from '../wire/blob-codec.js';
import {type ModelOptions, openModel} from './model-options.js';

export interface LoadableOptions extends Omit<ModelOptions, 'device'> {
  /** Left out: the one that a blob was exported for. */
  readonly device?: string;
}

/** What a command is to load, read and checked as far as that can be done without a cluster. */
export interface Loadable {
  readonly device: string;
  /** What a request brings, unless `load` is given preprocessing. */
  readonly inputs: readonly TensorInfo[];
  /** Rejects with INVALID_ARGUMENT for preprocessing of what was exported. */
  load(core: Core, config: LoadConfig, options?: LoadOptions): Promise<ExecutableNetwork>;
}

/**
 * Opens a network, or an executable network that `heterodyne export` wrote. Rejects as `openModel`
 * does, with INVALID_BLOB or BLOB_INCOMPATIBLE, and INVALID_ARGUMENT for an affinity of a blob.
 */
export async function openLoadable(path: string, options: LoadableOptions): Promise<Loadable> {
  if (await isBlob(path)) return openBlob(path, options);
  const {device = 'AUTO'} = options;
  const network = await openModel(path, {...options, device});
  return {
    device,
    inputs: network.inputs,
    load: (core, config, how) => core.loadNetwork(network, device, config, how),
  };
}

async function openBlob(path: string, options: LoadableOptions): Promise<Loadable> {
  const {affinity = {}, config = {}} = options;
  if (Object.keys(affinity).length > 0) throw invalid('no affinity: what was exported is split');
  const blob = await readFile(path);
  const {network} = await blobCodec(packageVersion()).decode(blob);
  const device = options.device ?? network.device;
  parseDeviceExpression(device);
  flattenConfig(config);
  const load: Loadable['load'] = async (core, given, how) => {
    if (how?.preprocessing === undefined) return core.importNetwork(blob, options.device, given);
    throw invalid('tensors for what was exported, whose preprocessing is in it; images given');
  };
  return {device, inputs: network.inputs, load};
}

/** By its first bytes; a file that cannot be read is none, and is reported when it is opened. */
async function isBlob(path: string): Promise<boolean> {
  const start = Buffer.alloc(64);
  try {
    const file = await open(path);
    try {
      await file.read(start, 0, start.length, 0);
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
  return start.includes(blobMagic);
}

function invalid(expected: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', `expected ${expected}`);
}
