import type {ConfigMap} from '../../schemas/config.js';
import type {Deployment} from '../../schemas/deployment.js';
import {type MetricKeyAt, type MetricValues, metricProperties} from '../../schemas/metrics.js';
import {type ConfigValues, configProperties} from '../../schemas/properties.js';
import type {Replica} from '../../schemas/stage-graph.js';
import {configOf, sharedConfig} from '../plan/device-config.js';
import {parseDeviceExpression} from '../plan/device-expression.js';
import {parseConfig, standardConfig} from '../plugin/config.js';
import {listKeys} from '../plugin/device-properties.js';

export type NetworkMetrics = Pick<MetricValues, MetricKeyAt<'network'>>;

/** What an executable network says about itself. */
export function networkMetrics(deployment: Deployment): NetworkMetrics {
  const {network, variants} = deployment;
  const optimal = variants.reduce((sum, {requestsOptimal}) => sum + requestsOptimal, 0);
  const stages = variants.flatMap(({stageGraph}) => stageGraph.stages);
  const replicas = replicasOf(deployment);
  const keys = Object.entries(metricProperties).filter(([, {levels}]) => {
    return (levels as readonly string[]).includes('network');
  });
  return {
    ...listKeys(
      keys.map(([key]) => key),
      Object.keys(configProperties),
    ),
    NETWORK_NAME: network,
    OPTIMAL_NUMBER_OF_INFER_REQUESTS: optimal,
    EXECUTION_DEVICES: [...new Set(replicas.map(({device}) => device))],
    HETERO_NUMBER_OF_SUBMODELS: stages.filter(({role}) => role === 'execute').length,
    LOADED_FROM_CACHE: replicas.length > 0 && replicas.every(({origin}) => origin === 'cache'),
    DEVICE_PROPERTIES: deviceConfigs(deployment),
  };
}

/** What an executable network was loaded with, on devices that nothing else was said of. */
export function networkConfig({config}: Deployment): ConfigValues {
  return parseConfig(sharedConfig(config));
}

/** Whether some device was given PERF_COUNT. */
export function measuresOperations({config}: Deployment): boolean {
  const given = Object.entries(config).filter(([key]) => /(^|\.)PERF_COUNT$/.test(key));
  return given.some(([, value]) => standardConfig({PERF_COUNT: value}).PERF_COUNT);
}

function replicasOf({variants}: Deployment): readonly Replica[] {
  const stages = variants.flatMap(({stageGraph}) => stageGraph.stages);
  return stages.flatMap(({replicas}) => replicas);
}

function deviceConfigs(deployment: Deployment): Record<string, ConfigMap> {
  const {config} = deployment;
  const entries = replicasOf(deployment).map(({device, node}) => {
    const name = parseDeviceExpression(device);
    const [kind, id] = name.form === 'device' ? [name.kind, name.id ?? ''] : [device, ''];
    return [device, withDefaults(configOf({node, kind, id}, config))] as const;
  });
  return Object.fromEntries(entries);
}

function withDefaults(config: ConfigMap): ConfigMap {
  return {...config, ...standardConfig(config)};
}
