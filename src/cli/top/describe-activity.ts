import type {ClusterActivity, DeploymentActivity} from '../../client/cluster-activity.js';
import type {Style} from '../ansi.js';
import {type Column, formatTable} from '../table.js';
import {deviceState} from './device-state.js';
import type {StageRates} from './stage-rates.js';

type Rates = ReadonlyMap<string, StageRates>;

/** Enough of a deployment's id to tell it from others. */
const idShown = 8;
const unknown = '–';

/** A cluster as `heterodyne top` shows it: devices, deployments, stages. */
export function describeActivity(activity: ClusterActivity, rates: Rates, style: Style): string {
  const {devices, deployments} = activity;
  const counts = `${devices.length} devices, ${deployments.length} deployments`;
  const tables = [deviceTable(activity, rates, style), deploymentTable(deployments, style)];
  if (deployments.length > 0) tables.push(stageTable(deployments, rates));
  return [style.bold(counts), ...tables].join('\n\n');
}

function deviceTable({devices, deployments}: ClusterActivity, rates: Rates, style: Style): string {
  const stages = deployments.flatMap(deployment => deployment.stages);
  const rows = devices
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(device => {
      const state = deviceState(device);
      const there = stages.filter(stage => stage.device === device.name);
      const perSecond = sum(there.map(({address}) => rates.get(address)?.executedPerSecond ?? 0));
      return [
        device.name,
        device.state === 'alive' ? state : style.red(state),
        String(there.length),
        perSecond.toFixed(1),
        String(sum(there.map(({stats}) => stats?.load ?? 0))),
        device.why ?? '',
      ];
    });
  return formatTable(columns('DEVICE', 'STATE', '>STAGES', '>RUNS/S', '>LOAD', ''), rows);
}

function deploymentTable(deployments: readonly DeploymentActivity[], style: Style): string {
  const rows = deployments.map(({id, network, device, state, epoch, clients, why}) => [
    id.slice(0, idShown),
    network ?? '',
    device,
    state === 'lost' ? style.red(state) : state,
    epoch === null ? '' : String(epoch),
    String(clients),
    why ?? '',
  ]);
  const titles = columns('DEPLOYMENT', 'NETWORK', 'DEVICE', 'STATE', '>EPOCH', '>CLIENTS', '');
  return formatTable(titles, rows);
}

function stageTable(deployments: readonly DeploymentActivity[], rates: Rates): string {
  const rows = deployments.flatMap(({id, stages}) =>
    stages.map(({name, device, address, stats}) => {
      const rate = rates.get(address);
      return [
        id.slice(0, idShown),
        name,
        device,
        stats === null ? unknown : String(stats.load),
        fixed(rate?.executedPerSecond, 1),
        fixed(rate?.queueMs, 2),
        fixed(rate?.executeMs, 2),
        fixed(rate?.troublePerSecond, 1),
      ];
    }),
  );
  const titles = ['DEPLOYMENT', 'STAGE', 'DEVICE', '>LOAD', '>RUNS/S'];
  return formatTable(columns(...titles, '>QUEUE MS', '>RUN MS', '>ERRORS/S'), rows);
}

function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? unknown : value.toFixed(digits);
}

function sum(values: readonly number[]): number {
  return values.reduce((so, value) => so + value, 0);
}

/** Titles; those after `>` are of numbers. */
function columns(...titles: readonly string[]): readonly Column[] {
  return titles.map(title =>
    title.startsWith('>') ? {title: title.slice(1), align: 'right'} : {title},
  );
}
