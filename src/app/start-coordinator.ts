import {Coordinator} from '../../actors/coordinator.js';
import type {PlannerTask} from '../../actors/planner-task.js';
import {Registry} from '../../actors/registry.js';
import {coordinatorAddress, keepAddress, registryAddress} from '../../schemas/addresses.js';
import type {ActorSystem} from '../kernel/actor-system.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {Random} from '../ports/random.js';
import type {StateStore} from '../ports/state-store.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {DeploymentLog} from './deployment-log.js';
import type {Lead} from './leadership.js';
import {Planner} from './planner.js';

export interface StartCoordinatorOptions {
  readonly system: ActorSystem;
  readonly bulk: BulkStore;
  readonly state: StateStore;
  readonly random: Random;
  /** Does the heavy work; closed with the coordinator. */
  readonly planner?: TaskExecutor<PlannerTask>;
}

export interface StartedCoordinator {
  /** From now on it answers as the coordinator of the cluster, until the answer's `stop`. */
  lead(term: number, until: number): Lead;
  close(): Promise<void>;
}

const registryCheckMs = 500;
const keepMs = 60_000;
const ordersMax = 256;
const plannerName = 'planner';
const deploymentsName = 'deployments';

/** Starts a coordinator and the registry beside it; it does not lead yet. */
export function startCoordinator(options: StartCoordinatorOptions): StartedCoordinator {
  const {system, bulk, state, random, planner = new Planner(bulk)} = options;
  const address = `${coordinatorAddress}.${random.id()}`;
  system.provide(plannerName, planner);
  const records = new DeploymentLog(state, bulk);
  system.provide(deploymentsName, records);
  system.spawn(
    address,
    new Coordinator({
      address,
      planner: plannerName,
      deployments: deploymentsName,
      random,
      keepMs,
      ordersMax,
    }),
  );
  system.alias(address, keepAddress);
  system.spawn(registryAddress, new Registry(address, registryCheckMs));
  return {
    lead(term, until) {
      records.lead(term);
      system.tell(address, {kind: 'lead', until});
      const listening = system.alias(address, coordinatorAddress);
      return {
        renewed(later) {
          system.tell(address, {kind: 'renewed', until: later});
        },
        stop() {
          listening.stop();
          system.tell(address, {kind: 'follow'});
        },
      };
    },
    async close() {
      system.stop(registryAddress);
      system.stop(address);
      system.withdraw(plannerName);
      system.withdraw(deploymentsName);
      await planner.close();
    },
  };
}
