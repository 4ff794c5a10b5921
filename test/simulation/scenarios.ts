import type {ClientPlan, DeviceKind, NodePlan, Scenario} from './scenario.js';
import {calm, type Weather} from './weather.js';

const gpu: DeviceKind = {
  kind: 'GPU',
  lacks: ['pool', 'right'],
  slots: 2,
  queuedMax: 8,
  kernelMs: 4,
  loadMs: 120,
};
const cpu: DeviceKind = {
  kind: 'CPU',
  lacks: [],
  slots: 2,
  queuedMax: 8,
  kernelMs: 10,
  loadMs: 60,
};

const twoNodes: readonly NodePlan[] = [
  {name: 'host-a', devices: [gpu, cpu]},
  {name: 'host-b', devices: [gpu, cpu]},
];

const chain: ClientPlan = {
  network: 'chain',
  device: 'HETERO:GPU,CPU',
  everyMs: 200,
  timeoutMs: 4000,
  cancelled: 0.05,
};

const rough: Weather = {
  delayMsMin: 0.2,
  delayMsMax: 20,
  dropped: 0,
  duplicated: 0.02,
  reordered: 0.1,
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'fair-weather',
    about: 'Nothing goes wrong.',
    nodes: twoNodes,
    coordinators: 1,
    clients: [chain],
    weather: calm,
    faults: [],
    stormMs: 5000,
    recoveryMsMax: 1000,
    sometimes: ['a request ended as done'],
  },
  {
    name: 'rough-network',
    about: 'Frames are duplicated, delayed and reordered.',
    nodes: twoNodes,
    coordinators: 2,
    clients: [chain],
    weather: rough,
    faults: [],
    stormMs: 15_000,
    recoveryMsMax: 20_000,
    sometimes: ['a frame arrived twice', 'a request ended as done'],
  },
];
