import test from 'ava';
import type {Core} from '../../src/index.js';
import {stopSharedNats} from '../support/nats.js';
import {type NatsCluster, startNatsCluster} from '../support/nats-cluster.js';
import {byAffinity} from '../support/splittings.js';
import {splitsAnyNetwork} from './any-network.js';

// HETERODYNE_CASES=1000 tries more; HETERODYNE_SEED=7 begins there.
const cases = Number(process.env['HETERODYNE_CASES'] ?? 8);
const first = Number(process.env['HETERODYNE_SEED'] ?? 1000);

let cluster: NatsCluster | undefined;
let core: Core | undefined;

test.after.always(async () => {
  await core?.close();
  await cluster?.close();
  await stopSharedNats();
});

splitsAnyNetwork('over NATS', {
  splittings: [byAffinity],
  seeds: Array.from({length: cases}, (_, index) => first + index),
  replay: seed =>
    `HETERODYNE_SEED=${seed} HETERODYNE_CASES=1 npx ava test/conformance/any-network-nats.test.ts`,
  async open() {
    cluster ??= await startNatsCluster();
    core ??= await cluster.connect();
    return core;
  },
});
