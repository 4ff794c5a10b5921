import {z} from 'zod';
import {configSchema} from './config.js';
import {replicaSchema, stageGraphSchema} from './stage-graph.js';
import {tensorInfoSchema} from './tensor.js';

/** A loaded network: everything that a client needs to send it requests without the coordinator. */
export const deploymentSchema = z.object({
  id: z.string(),
  /** Grows when the same network is laid out anew; requests of one epoch stay in it. */
  epoch: z.int().nonnegative(),
  network: z.string(),
  device: z.string(),
  /** What it was loaded with: keys for all devices (`NUM_STREAMS`), and for some (`CPU.NUM_STREAMS`). */
  config: configSchema,
  /** What a request brings, before preprocessing. */
  inputs: z.array(tensorInfoSchema).readonly(),
  /** Initializers that a request may override. */
  overridable: z.array(tensorInfoSchema).readonly(),
  /** What a request gets, after postprocessing. */
  outputs: z.array(tensorInfoSchema).readonly(),
  stageGraph: stageGraphSchema,
});
export type Deployment = Readonly<z.infer<typeof deploymentSchema>>;

/** What must outlive the coordinator that made a deployment: where its stages are. */
export const deploymentRecordSchema = z.object({
  id: z.string(),
  replicas: z.array(replicaSchema).readonly(),
});
export type DeploymentRecord = Readonly<z.infer<typeof deploymentRecordSchema>>;

export function recordOf({id, stageGraph}: Deployment): DeploymentRecord {
  return {id, replicas: stageGraph.stages.flatMap(stage => stage.replicas)};
}
