import {z} from 'zod';

/** What a device's id is made of. */
export const deviceIdPattern = /^\w{0,32}$/;

/** Stages that a device holds at once. */
export const stagesMax = 256;

/** What a device says about itself when it joins, and in every heartbeat. */
export const deviceDescriptionSchema = z.object({
  /** `host-a/CPU`, `host-b/GPU.1`. */
  name: z.string(),
  node: z.string(),
  /** The plugin's device kind: `CPU`. */
  kind: z.string(),
  /** The device's id among its kind on the node; empty if it is the only one. */
  id: z.string(),
  fullName: z.string(),
  plugin: z.string(),
  pluginVersion: z.string(),
  /** Where its device actor receives. */
  address: z.string(),
  /** How often its process was started again after it had ended by itself. */
  restarts: z.int().nonnegative(),
  /** `FP32`, `INT8`, `EXPORT_IMPORT`, … */
  capabilities: z.array(z.string()).readonly(),
});
export type DeviceDescription = Readonly<z.infer<typeof deviceDescriptionSchema>>;

/** A device's name on its node: its kind, and its id if it has one. */
export function localName(kind: string, id: string): string {
  return id === '' ? kind : `${kind}.${id}`;
}

/** Whether a device runs an operation, and why not. */
export const operationSupportSchema = z.union([
  z.object({name: z.string(), supported: z.literal(true)}),
  z.object({name: z.string(), supported: z.literal(false), reason: z.string()}),
]);
export type OperationSupport = Readonly<z.infer<typeof operationSupportSchema>>;
