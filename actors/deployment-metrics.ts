import {deploymentStates} from '../schemas/cluster-status.js';
import type {Metric} from '../src/ports/metrics.js';
import {deploymentState} from './deployment-status.js';
import type {KeptDeployment} from './kept-deployment.js';

/** What a coordinator tells of its deployments. */
export function deploymentMetrics(kept: readonly KeptDeployment[]): readonly Metric[] {
  return [
    {
      type: 'gauge',
      name: 'heterodyne_deployments',
      help: 'Deployments of the coordinator, by state; none where another one leads.',
      samples: deploymentStates.map(state => {
        const value = kept.filter(each => deploymentState(each) === state).length;
        return {labels: {state}, value};
      }),
    },
    {
      type: 'gauge',
      name: 'heterodyne_deployment_epoch',
      help: 'How often a deployment was laid out anew.',
      samples: kept.flatMap(({id, deployment}) => {
        if (deployment === null) return [];
        const {network, device, epoch} = deployment;
        return [{labels: {deployment: id, network, device}, value: epoch}];
      }),
    },
  ];
}
