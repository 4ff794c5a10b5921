import {
  type ClusterStatus,
  clusterStatusSchema,
  type DeploymentStatus,
  type PlacedStage,
} from '../../schemas/cluster-status.js';
import {
  type StageMessage,
  type StageStats,
  stageStatsSchema,
} from '../../schemas/messages/stage.js';
import {InferenceError} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import type {Session} from './session.js';

export interface StageActivity extends PlacedStage {
  /** Null: it did not answer in time. */
  readonly stats: StageStats | null;
}

export interface DeploymentActivity extends Omit<DeploymentStatus, 'stages'> {
  readonly stages: readonly StageActivity[];
}

/** What is in a cluster, and what each of its stages has done so far. */
export interface ClusterActivity {
  readonly devices: ClusterStatus['devices'];
  readonly deployments: readonly DeploymentActivity[];
}

const statusMsMax = 10_000;
const statsMsMax = 2_000;
/** Stages that are asked at once. */
const asksMax = 64;

const parseStatus = messageParser(clusterStatusSchema, 'answer of the coordinator');
const parseStats = messageParser(stageStatsSchema, 'answer of a stage');

/** Asks the coordinator that leads. Rejects with NO_COORDINATOR. */
export async function clusterStatus(session: Session): Promise<ClusterStatus> {
  return parseStatus(await session.askCoordinator(ask => ({kind: 'status', ask}), statusMsMax));
}

/** Asks the coordinator, and every stage that it knows of. Rejects with NO_COORDINATOR. */
export async function clusterActivity(session: Session): Promise<ClusterActivity> {
  const {devices, deployments} = await clusterStatus(session);
  const stats = new Map<string, StageStats | null>();
  const addresses = deployments.flatMap(({stages}) => stages.map(({address}) => address));
  for (let from = 0; from < addresses.length; from += asksMax) {
    const some = addresses.slice(from, from + asksMax);
    const answers = await Promise.all(some.map(address => stageStats(session, address)));
    for (const [at, address] of some.entries()) stats.set(address, answers[at] ?? null);
  }
  const active = deployments.map(({stages, ...deployment}) => {
    const placed = stages.map(stage => ({...stage, stats: stats.get(stage.address) ?? null}));
    return {...deployment, stages: placed};
  });
  return {devices, deployments: active};
}

async function stageStats(session: Session, address: string): Promise<StageStats | null> {
  try {
    const answer = await session.ask({
      to: address,
      timeoutMs: statsMsMax,
      message: (ask): StageMessage => ({kind: 'stats', ask}),
      absent: () => new InferenceError('DEVICE_LOST', `nobody is at ${address}`),
    });
    return parseStats(answer);
  } catch {
    // It has moved meanwhile, or its device is lost: the next look tells.
    return null;
  }
}
