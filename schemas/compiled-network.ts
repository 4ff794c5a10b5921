import {z} from 'zod';
import {blobRefSchema} from './network-blob.js';

/**
 * What a compiled network needs of the device that imports it, by name: the plugin, the version of
 * its runtime, the processor's architecture. Every value must be the same there.
 */
export const runtimeRequirementsSchema = z.record(z.string(), z.string());
export type RuntimeRequirements = Readonly<z.infer<typeof runtimeRequirementsSchema>>;

/** A stage's compiled network as it lies in the bulk store. */
export const compiledRefSchema = z.object({
  /** In its plugin's own format. */
  content: blobRefSchema,
  /** What `content` keeps outside itself. */
  weights: blobRefSchema.nullable(),
  requirements: runtimeRequirementsSchema,
});
export type CompiledRef = Readonly<z.infer<typeof compiledRefSchema>>;

/** Whether a device can import a compiled network, and why not. */
export const importSupportSchema = z.union([
  z.object({supported: z.literal(true)}),
  z.object({supported: z.literal(false), reason: z.string()}),
]);
export type ImportSupport = Readonly<z.infer<typeof importSupportSchema>>;
