import {Coordinator} from '../../actors/coordinator.js';
import {Device} from '../../actors/device.js';
import {Registry} from '../../actors/registry.js';
import {coordinatorAddress} from '../../schemas/addresses.js';
import {InferenceError} from '../../src/errors.js';
import {decodeFrame} from '../../src/wire/frame-codec.js';
import {BareActor} from '../support/bare-actor.js';
import {deviceOn} from '../support/device-descriptions.js';
import {SeededRandom} from '../support/seeded-random.js';
import {SessionBench} from '../support/session-bench.js';
import {stageOf} from '../support/stage-bench.js';
import {singleStage} from '../support/stage-graphs.js';

type Actor = Pick<BareActor<unknown, unknown>, 'receive' | 'advance'>;

function stage(): Actor {
  const bench = stageOf(singleStage(), 0);
  bench.infer({request: 6});
  return bench;
}

function device(): Actor {
  const times = {heartbeatMs: 1000, leaseMs: 4000, idleMs: 1000, leaveMsMax: 15_000};
  const description = deviceOn('host-a', 'CPU');
  return new BareActor(new Device({description, plugin: 'plugin', stagesMax: 2, ...times}));
}

function client(): Actor {
  const session = new SessionBench();
  for (let request = 0; request < 8; request++) session.submit(singleStage());
  return session;
}

function coordinator(): Actor {
  const executors = {planner: 'planner', deployments: 'deployments'};
  const random = new SeededRandom(1);
  const bounds = {keepMs: 60_000, ordersMax: 8};
  const settings = {address: coordinatorAddress, ...executors, random, ...bounds};
  const actor = new BareActor(new Coordinator(settings));
  actor.tell({kind: 'lead', until: Number.POSITIVE_INFINITY});
  actor.settle({ok: true, value: []});
  return actor;
}

function registry(): Actor {
  return new BareActor(new Registry('coordinator.1', 500));
}

/** A frame that can be read goes to an actor of each kind: it refuses the message, or lives with it. */
export function readByActors(bytes: Uint8Array): void {
  const {message, tensors} = decodeFrame(bytes);
  for (const start of [stage, device, client, coordinator, registry]) {
    const actor = start();
    try {
      actor.receive(message, tensors, true);
    } catch (error) {
      if (error instanceof InferenceError && error.code === 'INVALID_FRAME') continue;
      throw new Error(`${start.name} threw`, {cause: error});
    }
    actor.advance(20_000);
  }
}
