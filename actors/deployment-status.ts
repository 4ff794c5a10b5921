import type {DeploymentState, DeploymentStatus} from '../schemas/cluster-status.js';
import type {KeptDeployment} from './kept-deployment.js';

export function deploymentState({deployment}: KeptDeployment): DeploymentState {
  if (deployment === null) return 'loading';
  return deployment.lost === null ? 'loaded' : 'lost';
}

/** A deployment as whoever watches the cluster sees it. */
export function deploymentStatus(kept: KeptDeployment): DeploymentStatus {
  const {id, order, deployment, clients} = kept;
  return {
    id,
    network: deployment?.network ?? null,
    device: order.device,
    state: deploymentState(kept),
    why: deployment?.lost?.message ?? null,
    epoch: deployment?.epoch ?? null,
    clients,
    stages: kept.built.flatMap(({variant}) =>
      variant.stageGraph.stages.flatMap(({index, name, role, replicas}) =>
        replicas.map(({device, address}) => {
          return {variant: variant.id, index, name, role, device, address};
        }),
      ),
    ),
  };
}
