import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {Network} from '../client/network.js';
import {standardConfig} from '../plugin/config.js';
import type {Config} from '../plugin/plugin.js';
import {lowerPrecision} from '../transform/low-precision/lower-precision.js';

/** The network's graph as the coordinator transforms it before it asks devices and splits. */
export function plannedGraph({parsed}: Network, config: Config = {}): NetworkGraph {
  const lowered = standardConfig(config).LP_TRANSFORMS_MODE ? lowerPrecision(parsed) : undefined;
  return (lowered?.network ?? parsed).graph;
}
