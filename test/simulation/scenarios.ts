import type {ClientPlan, DeviceKind, NodePlan, Scenario} from './scenario.js';
import {calm, type Weather} from './weather.js';

const gpu: DeviceKind = {
  kind: 'GPU',
  lacks: ['pool', 'right'],
  slots: 2,
  queuedMax: 4,
  kernelMs: 4,
  loadMs: 120,
};
const cpu: DeviceKind = {
  kind: 'CPU',
  lacks: [],
  slots: 2,
  queuedMax: 4,
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
  everyMs: 350,
  timeoutMs: 3000,
  cancelled: 0.05,
};

const diamond: ClientPlan = {
  network: 'diamond',
  device: 'HETERO:GPU,CPU',
  everyMs: 450,
  timeoutMs: 2500,
};

/** A client whose values are converted before and behind its network. */
const processed = {inputs: ['x'], outputs: ['y']} as const;

/** A GPU that does not survive one operation, fails on some values, and does not postprocess. */
const frailGpu: DeviceKind = {
  ...gpu,
  lacks: [...gpu.lacks, 'postprocess y'],
  diesOf: ['venom'],
  fragile: true,
};

const frailNodes: readonly NodePlan[] = [
  {name: 'host-a', devices: [frailGpu, cpu]},
  {name: 'host-b', devices: [frailGpu, cpu]},
];

const line: ClientPlan = {network: 'line', device: 'GPU', everyMs: 250, timeoutMs: 3000};

const memory: ClientPlan = {
  network: 'memory',
  device: 'HETERO:GPU,CPU',
  everyMs: 250,
  timeoutMs: 2500,
  conversations: 3,
};

const rough: Weather = {
  delayMsMin: 0.2,
  delayMsMax: 20,
  dropped: 0.02,
  duplicated: 0.02,
  reordered: 0.1,
};

const breezy: Weather = {
  delayMsMin: 0.2,
  delayMsMax: 8,
  dropped: 0,
  duplicated: 0.01,
  reordered: 0.05,
};

/** What most scenarios have in common. */
const usual = {
  nodes: twoNodes,
  coordinators: 2,
  clients: [chain, diamond],
  weather: breezy,
  stormMs: 8000,
  recoveryMsMax: 9000,
  seeds: 50,
} as const;

export const scenarios: readonly Scenario[] = [
  {
    ...usual,
    name: 'fair-weather',
    about: 'Nothing goes wrong.',
    coordinators: 1,
    clients: [{...chain, steps: processed}, memory],
    weather: calm,
    seeds: 14,
    faults: [],
    stormMs: 5000,
    recoveryMsMax: 1000,
    never: [
      'a request ended as STATE_LOST',
      'a request ended as DEADLINE_EXCEEDED',
      'a request was tried again',
    ],
    sometimes: ['a request ended as done', 'states were read'],
  },
  {
    ...usual,
    name: 'rough-network',
    about: 'Frames are dropped, duplicated, delayed and reordered.',
    weather: rough,
    faults: [],
    sometimes: [
      'a frame was dropped',
      'a frame arrived twice',
      'a request ended as DEADLINE_EXCEEDED',
      'a request succeeded when tried again',
    ],
  },
  {
    ...usual,
    name: 'devices-die',
    about: 'Device processes crash, end in order, and are started again by their guardians.',
    clients: [{...chain, steps: processed}, diamond],
    faults: [
      {what: 'crash', who: 'device', everyMs: [500, 5000], lastsMs: [0, 1000]},
      {what: 'stop', who: 'device', everyMs: [2000, 6000], lastsMs: [0, 1000]},
    ],
    sometimes: [
      'the guardian says restarting',
      'a deployment moved',
      'a request was tried again',
      'a request succeeded when tried again',
    ],
  },
  {
    ...usual,
    name: 'nodes-come-and-go',
    about: 'Whole nodes crash, end in order, and come back; two nodes of one name meet.',
    faults: [
      {what: 'crash', who: 'node', everyMs: [1000, 4000], lastsMs: [500, 6000]},
      {what: 'stop', who: 'node', everyMs: [3000, 6000], lastsMs: [500, 3000]},
      {what: 'twin', who: 'node', everyMs: [4000, 12_000], lastsMs: [500, 3000]},
    ],
    sometimes: ['a deployment moved', 'a deployment moved back', 'a request was tried again'],
  },
  {
    ...usual,
    name: 'leaders-fail',
    about: 'The coordinator that leads crashes, ends, is paused or cut off; orders are in flight.',
    coordinators: 3,
    faults: [
      {what: 'crash', who: 'leader', everyMs: [500, 6000], lastsMs: [100, 4000]},
      {what: 'pause', who: 'leader', everyMs: [2000, 8000], lastsMs: [500, 6000]},
      {what: 'isolate', who: 'leader', everyMs: [3000, 9000], lastsMs: [500, 6000]},
      {what: 'stop', who: 'leader', everyMs: [500, 3000], lastsMs: [0, 500]},
    ],
    steady: true,
    clients: [{...chain, reloadMs: 400, steps: processed}, diamond],
    sometimes: ['the leader crashed', 'another coordinator took over an order'],
  },
  {
    ...usual,
    name: 'links-break',
    about: 'Links are cut, one way too, clogged, and connections are interrupted.',
    clients: [
      {...chain, uses: ['GPU', 'CPU']},
      {...diamond, uses: ['GPU', 'CPU']},
    ],
    faults: [
      {what: 'mute', who: 'device', everyMs: [1000, 6000], lastsMs: [200, 6000]},
      {what: 'deafen', who: 'device', everyMs: [1000, 6000], lastsMs: [200, 6000]},
      {what: 'clog', who: 'device', everyMs: [1000, 6000], lastsMs: [200, 4000]},
      {what: 'isolate', who: 'client', everyMs: [3000, 9000], lastsMs: [200, 4000]},
      {what: 'disconnect', who: 'client', everyMs: [3000, 9000], lastsMs: [200, 5000]},
      {what: 'disconnect', who: 'node', everyMs: [3000, 9000], lastsMs: [200, 5000]},
    ],
    sometimes: ['a request ended as CONNECTION_LOST', 'a request succeeded when tried again'],
  },
  {
    ...usual,
    name: 'slow-devices',
    about: 'Kernels are slow or stuck, devices are paused; queues fill.',
    clients: [
      {...chain, everyMs: 60, timeoutMs: 1500, inFlightMax: 8, queuedMax: 8, prioritised: true},
      {...chain, device: 'MULTI:CPU(4),GPU', network: 'diamond'},
    ],
    faults: [
      {what: 'slow', who: 'device', everyMs: [500, 3000], lastsMs: [500, 2000]},
      {what: 'stuck', who: 'device', everyMs: [1000, 4000], lastsMs: [500, 2000]},
      {what: 'pause', who: 'device', everyMs: [2000, 6000], lastsMs: [200, 5000]},
    ],
    recoveryMsMax: 6000,
    sometimes: [
      'a request ended as DEADLINE_EXCEEDED',
      'a request ended as QUEUE_FULL',
      'a stage said QUEUE_FULL',
    ],
  },
  {
    ...usual,
    name: 'clients-vanish',
    about: 'Clients crash with requests in flight, or end in order, and others come.',
    faults: [
      {what: 'crash', who: 'client', everyMs: [500, 4000], lastsMs: [100, 3000]},
      {what: 'stop', who: 'client', everyMs: [1000, 5000], lastsMs: [100, 3000]},
      {what: 'crash', who: 'leader', everyMs: [4000, 9000], lastsMs: [100, 4000]},
    ],
    sometimes: ['a client crashed with requests on their way'],
  },
  {
    ...usual,
    name: 'store-outages',
    about: 'The state store is slow, or does not answer, while devices and coordinators crash.',
    faults: [
      {what: 'down', who: 'store', everyMs: [1000, 5000], lastsMs: [500, 6000]},
      {what: 'slow', who: 'store', everyMs: [1000, 5000], lastsMs: [500, 4000]},
      {what: 'crash', who: 'device', everyMs: [1000, 5000], lastsMs: [0, 100]},
      {what: 'crash', who: 'coordinator', everyMs: [4000, 9000], lastsMs: [100, 3000]},
    ],
    clients: [{...chain, reloadMs: 200}, diamond],
    sometimes: ['the store did not answer', 'another coordinator took over an order'],
  },
  {
    ...usual,
    name: 'devices-leave',
    about: 'Device processes are asked to end, again and again: nobody is to blame.',
    clients: [
      {...line, device: 'GPU'},
      {...chain, config: {MODEL_DISTRIBUTION_POLICY: 'PIPELINE_PARALLEL'}},
    ],
    seeds: 14,
    faults: [
      {what: 'stop', who: 'device', everyMs: [100, 600], lastsMs: [0, 100]},
      {what: 'stop', who: 'device', everyMs: [100, 600], lastsMs: [0, 100]},
    ],
    never: ['a request ended as QUARANTINED', 'a load ended as QUARANTINED'],
    sometimes: ['the guardian says restarting', 'a deployment moved back'],
  },
  {
    ...usual,
    name: 'poisonous-network',
    about: 'A network ends the process of every GPU that runs it; others share the devices.',
    nodes: frailNodes,
    clients: [
      {network: 'poison', device: 'GPU', everyMs: 300, timeoutMs: 3000, refusedAs: 'QUARANTINED'},
      {network: 'poison', device: 'AUTO:GPU,CPU', everyMs: 300, timeoutMs: 3000},
      {...chain, steps: processed},
      {...line, device: 'MULTI:GPU,CPU'},
    ],
    seeds: 14,
    faults: [],
    sometimes: [
      'a kernel ended the process of its device',
      'a request ended as QUARANTINED',
      'a request succeeded when tried again',
    ],
  },
  {
    ...usual,
    name: 'virtual-devices',
    about: 'MULTI, AUTO and BATCH, some of whose kernels fail, while devices crash and nodes come.',
    nodes: frailNodes,
    clients: [
      {...line, device: 'MULTI:GPU,CPU', variants: 2, hard: 0.2, prioritised: true},
      {
        ...line,
        device: 'AUTO:GPU,CPU',
        hard: 0.1,
        steps: processed,
        config: {MODEL_PRIORITY: 'LOW'},
      },
      {...line, device: 'AUTO', everyMs: 600, config: {MODEL_PRIORITY: 'HIGH'}},
      {
        ...line,
        device: 'BATCH:GPU(4)',
        everyMs: 50,
        hard: 0.05,
        prioritised: true,
        config: {AUTO_BATCH_TIMEOUT: 100},
      },
      {...chain, device: 'BATCH:(HETERO:GPU,CPU)(3)', config: {AUTO_BATCH_TIMEOUT: 400}},
    ],
    stormMs: 7000,
    recoveryMsMax: 7000,
    seeds: 14,
    faults: [
      {what: 'crash', who: 'device', everyMs: [1000, 6000], lastsMs: [0, 100]},
      {what: 'crash', who: 'node', everyMs: [3000, 9000], lastsMs: [500, 4000]},
      {what: 'stop', who: 'node', everyMs: [3000, 9000], lastsMs: [500, 3000]},
      {what: 'disconnect', who: 'device', everyMs: [500, 3000], lastsMs: [100, 2000]},
      {what: 'slow', who: 'device', everyMs: [1000, 5000], lastsMs: [500, 2000]},
    ],
    sometimes: [
      'several requests ran as one',
      'a request ended as STAGE_FAILED',
      'a variant failed a request, and another did not',
      'a deployment moved back',
    ],
  },
  {
    ...usual,
    name: 'states-move',
    about: 'Infer requests have states on devices that crash, are slow and are cut off.',
    weather: rough,
    clients: [
      {...memory, cancelled: 0.1},
      {...memory, device: 'AUTO:CPU,GPU', steps: processed},
    ],
    seeds: 14,
    faults: [
      {what: 'crash', who: 'device', everyMs: [1000, 5000], lastsMs: [0, 100]},
      {what: 'stop', who: 'node', everyMs: [3000, 9000], lastsMs: [500, 3000]},
      {what: 'slow', who: 'device', everyMs: [500, 3000], lastsMs: [500, 2000]},
      {what: 'clog', who: 'device', everyMs: [2000, 8000], lastsMs: [500, 4000]},
      {what: 'stuck', who: 'device', everyMs: [2000, 8000], lastsMs: [500, 2000]},
      {what: 'mute', who: 'device', everyMs: [3000, 9000], lastsMs: [200, 3000]},
      {what: 'disconnect', who: 'client', everyMs: [3000, 9000], lastsMs: [200, 2000]},
      {what: 'crash', who: 'leader', everyMs: [4000, 9000], lastsMs: [100, 4000]},
    ],
    sometimes: [
      'a request ended as STATE_LOST',
      'a request ended as CANCELLED',
      'a request succeeded when tried again',
      'states were read',
    ],
  },
  {
    ...usual,
    name: 'networks-travel',
    about: 'Networks are exported and imported again, while devices and leaders crash.',
    clients: [
      {...chain, travels: true, reloadMs: 900, steps: processed},
      {...memory, travels: true, reloadMs: 1500},
      {...line, device: 'MULTI:GPU,CPU', variants: 2, travels: true, reloadMs: 1100},
    ],
    stormMs: 7000,
    recoveryMsMax: 8000,
    seeds: 14,
    faults: [
      {what: 'crash', who: 'device', everyMs: [1500, 6000], lastsMs: [0, 100]},
      {what: 'crash', who: 'node', everyMs: [3000, 9000], lastsMs: [500, 4000]},
      {what: 'crash', who: 'leader', everyMs: [3000, 9000], lastsMs: [100, 4000]},
    ],
    sometimes: [
      'a network was exported',
      'a stage was imported',
      'an export ended as DEVICE_LOST',
      'another coordinator took over an order',
    ],
  },
  {
    ...usual,
    name: 'everything',
    about: 'All of it at once.',
    weather: rough,
    clients: [chain, {...diamond, device: 'AUTO:GPU,CPU'}],
    faults: [
      {what: 'crash', who: 'device', everyMs: [2000, 8000], lastsMs: [0, 100]},
      {what: 'crash', who: 'node', everyMs: [4000, 12_000], lastsMs: [500, 5000]},
      {what: 'crash', who: 'leader', everyMs: [4000, 12_000], lastsMs: [100, 4000]},
      {what: 'pause', who: 'coordinator', everyMs: [4000, 12_000], lastsMs: [500, 6000]},
      {what: 'clog', who: 'device', everyMs: [4000, 12_000], lastsMs: [500, 4000]},
      {what: 'isolate', who: 'node', everyMs: [4000, 12_000], lastsMs: [500, 6000]},
      {what: 'crash', who: 'client', everyMs: [4000, 12_000], lastsMs: [100, 4000]},
      {what: 'stuck', who: 'device', everyMs: [4000, 12_000], lastsMs: [500, 4000]},
      {what: 'down', who: 'store', everyMs: [4000, 12_000], lastsMs: [500, 5000]},
    ],
    sometimes: ['a request succeeded when tried again'],
  },
];
