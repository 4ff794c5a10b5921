import {orderOf, singleStage} from '../support/stage-graphs.js';

const attempt = {client: 'client.a', request: 7, attempt: 1};
const ask = {from: 'client.a', id: 3};
const network = {model: {digest: 'a'.repeat(64), bytes: 3}, weights: null};
const order = {network, device: 'HETERO:A,B', config: {}, affinity: {}, preprocessing: null};

/** One message of many kinds, as actors take them. */
export const sampleMessages: readonly unknown[] = [
  {kind: 'cancel', ...attempt},
  {
    kind: 'infer',
    ...attempt,
    source: -1,
    route: [0, 1],
    remainingMs: 1000,
    priority: 'HIGH',
    profile: false,
    timings: [{stage: 0, queueUs: 1, executeUs: 2, runUs: 3, traced: true}],
    trace: {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=1',
    },
  },
  {kind: 'stats', ask},
  {kind: 'load', ask, stage: orderOf(singleStage(), 0)},
  {kind: 'load', ask, order},
  {kind: 'keep', client: 'client.a', deployments: [{id: 'D1', epoch: 0}]},
  {kind: 'deployment', deployment: singleStage()},
  {kind: 'failed', request: 7, attempt: 1, stage: 0, error: {code: 'BUSY', message: '', place: {}}},
];
