import {badLoads} from './cluster/bad-loads.js';
import {badRequests} from './cluster/bad-requests.js';
import {checkOn, type Open} from './cluster/check.js';
import {exports} from './cluster/exports.js';
import {fairness} from './cluster/fairness.js';
import {lifetimes} from './cluster/lifetimes.js';
import {networks} from './cluster/networks.js';
import {processing} from './cluster/processing.js';
import {profiling} from './cluster/profiling.js';
import {properties} from './cluster/properties.js';
import {quantized} from './cluster/quantized.js';
import {queues} from './cluster/queues.js';
import {requests} from './cluster/requests.js';
import {spans} from './cluster/spans.js';
import {states} from './cluster/states.js';
import {tensors} from './cluster/tensors.js';
import {virtualDevices} from './cluster/virtual-devices.js';

/** What the library does on a cluster with a CPU and a WASM device, wherever that runs. */
export function conformsToCluster(name: string, open: Open): void {
  const check = checkOn(name, open);
  networks(check);
  virtualDevices(check);
  properties(check);
  processing(check);
  quantized(check);
  requests(check);
  profiling(check);
  spans(check);
  queues(check);
  fairness(check);
  states(check);
  tensors(check);
  exports(check);
  badLoads(check);
  badRequests(check);
  lifetimes(check);
}
