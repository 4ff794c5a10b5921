import {z} from 'zod';
import {stageRoles} from './stage-graph.js';

/** A device that was there: its lease ran out, or its process ended too often to be started again. */
export const absentDeviceSchema = z.object({
  name: z.string(),
  state: z.enum(['lost', 'givenUp']),
  why: z.string(),
});
export type AbsentDevice = Readonly<z.infer<typeof absentDeviceSchema>>;

export const deviceStatusSchema = z.object({
  /** `host-a/CPU`. */
  name: z.string(),
  state: z.enum(['alive', 'lost', 'givenUp']),
  /** Of one that is not alive. */
  why: z.string().nullable(),
  /** How often its process was started again; null if it is not alive. */
  restarts: z.int().nonnegative().nullable(),
});
export type DeviceStatus = Readonly<z.infer<typeof deviceStatusSchema>>;

/** Where a replica of a stage is. */
export const placedStageSchema = z.object({
  variant: z.int().nonnegative(),
  index: z.int().nonnegative(),
  name: z.string(),
  role: z.enum(stageRoles),
  device: z.string(),
  address: z.string(),
});
export type PlacedStage = Readonly<z.infer<typeof placedStageSchema>>;

export const deploymentStates = ['loading', 'loaded', 'lost'] as const;
/** `lost`: none of its variants works, and no other can be had now. */
export type DeploymentState = (typeof deploymentStates)[number];

export const deploymentStatusSchema = z.object({
  id: z.string(),
  /** The network's name; null until it is loaded. */
  network: z.string().nullable(),
  /** The device expression that it was loaded with. */
  device: z.string(),
  state: z.enum(deploymentStates),
  /** Of one that is lost. */
  why: z.string().nullable(),
  /** Null until it is loaded. */
  epoch: z.int().nonnegative().nullable(),
  /** Clients that have asked for it lately. */
  clients: z.int().nonnegative(),
  stages: z.array(placedStageSchema).readonly(),
});
export type DeploymentStatus = Readonly<z.infer<typeof deploymentStatusSchema>>;

/** What the coordinator that leads knows of its cluster now. */
export const clusterStatusSchema = z.object({
  devices: z.array(deviceStatusSchema).readonly(),
  deployments: z.array(deploymentStatusSchema).readonly(),
});
export type ClusterStatus = Readonly<z.infer<typeof clusterStatusSchema>>;
