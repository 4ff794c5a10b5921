import test from 'ava';
import {createPluginEngine} from '../../devices/cpu/index.js';
import {Core} from '../../src/index.js';
import {PartialPlugin} from '../support/partial-plugin.js';
import {byAffinity, byFallback} from '../support/splittings.js';
import {splitsAnyNetwork} from './any-network.js';

// HETERODYNE_CASES=1000 tries more; HETERODYNE_SEED=7 begins there.
const cases = Number(process.env['HETERODYNE_CASES'] ?? 36);
const first = Number(process.env['HETERODYNE_SEED'] ?? 0);

const partial = new PartialPlugin('PARTIAL', createPluginEngine());
let core: Promise<Core> | undefined;

test.after.always(async () => (await core)?.close());

splitsAnyNetwork('embedded', {
  splittings: [byAffinity, byFallback(partial, 'CPU'), byAffinity, byFallback(partial, 'WASM')],
  seeds: Array.from({length: cases}, (_, index) => first + index),
  replay: seed =>
    `HETERODYNE_SEED=${seed} HETERODYNE_CASES=1 npx ava test/conformance/any-network-embedded.test.ts`,
  open() {
    core ??= Core.embedded({devices: ['CPU', 'WASM'], plugins: [partial]});
    return core;
  },
});
