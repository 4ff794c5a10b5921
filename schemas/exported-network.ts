import {z} from 'zod';
import {compiledRefSchema} from './compiled-network.js';
import {configSchema} from './config.js';
import {networkRefSchema} from './network-blob.js';
import {preprocessingSchema} from './preprocessing.js';
import {stageGraphSchema} from './stage-graph.js';
import {exportedStateSchema} from './state.js';
import {tensorInfoSchema} from './tensor.js';

/** How an exported blob begins, after the bytes that make it an array of a text. */
export const blobMagic = 'heterodyne-blob';

/** Ways to run one network. */
const variantsMax = 256;

/** What a device gives of a stage: what it compiled, where it can export that, and what from. */
export const exportedStageSchema = z.object({
  /** The kind of device that compiled it: `CPU`. */
  kind: z.string(),
  plugin: z.string(),
  pluginVersion: z.string(),
  /** What it was compiled with. */
  config: configSchema,
  /** As ONNX; null if it does not travel, and a device that cannot import has nothing to compile. */
  network: networkRefSchema.nullable(),
  compiled: compiledRefSchema.nullable(),
});
export type ExportedStage = Readonly<z.infer<typeof exportedStageSchema>>;

/** One way to run the whole network. */
export const exportedVariantSchema = z.object({
  /** The part of the device expression that it served. */
  device: z.string(),
  /** Requests that its stages run as one. */
  batch: z.int().min(1).max(65_536),
  /** Without replicas. */
  stageGraph: stageGraphSchema,
  /** One for each stage, by index. */
  stages: z.array(exportedStageSchema).readonly(),
});
export type ExportedVariant = Readonly<z.infer<typeof exportedVariantSchema>>;

/**
 * An executable network as it travels: all but the bytes of its stages, which are in the bulk store,
 * or beside this in an exported blob. Everything that the Inference Engine's own export left out is
 * here: config, precisions, layouts and preprocessing.
 */
export const exportedNetworkSchema = z.object({
  /** The network's name. */
  name: z.string(),
  /** The device expression that it was loaded for. */
  device: z.string(),
  config: configSchema,
  /** What a request brings, before preprocessing. */
  inputs: z.array(tensorInfoSchema).readonly(),
  /** Initializers that a request may override. */
  overridable: z.array(tensorInfoSchema).readonly(),
  /** What a request gets, after postprocessing. */
  outputs: z.array(tensorInfoSchema).readonly(),
  /** Types, layouts and steps as they were declared; the stage graph has stages that do them. */
  preprocessing: preprocessingSchema.nullable(),
  /** Inputs that are outputs of the inference before. */
  states: z.array(exportedStateSchema).max(4096).readonly().default([]),
  /** In priority order. */
  variants: z.array(exportedVariantSchema).min(1).max(variantsMax).readonly(),
});
export type ExportedNetwork = Readonly<z.infer<typeof exportedNetworkSchema>>;
