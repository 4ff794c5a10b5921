import test from 'ava';
import {placeProcessing} from '../../../actors/processing-places.js';
import type {Wish} from '../../../src/plan/wish.js';
import {singleStage, stageGraphOf} from '../../support/stage-graphs.js';

const [stage] = stageGraphOf(singleStage()).stages;
if (stage === undefined) throw new Error('no stage');
const stages = [
  {...stage, role: 'preprocess', device: 'A'} as const,
  {...stage, index: 1, role: 'execute', device: 'A'} as const,
];
const wish: Wish = {
  label: 'HETERO:A,B',
  chosen: ['A', 'B'].map(label => ({label, devices: []})),
  requestsMax: null,
  batch: 1,
  config: {},
};

function faults(of: Readonly<Record<string, string>>) {
  return new Map([['preprocess', new Map(Object.entries(of))] as const]);
}

test('preprocessing stays beside the stage that it serves where the device runs it', t => {
  t.deepEqual(placeProcessing(stages, wish, faults({B: "'Div': no"})), stages);
});

test('preprocessing that its device does not run goes to the first that does', t => {
  const devices = placeProcessing(stages, wish, faults({A: "'Div': no"})).map(each => each.device);
  t.deepEqual(devices, ['B', 'A']);
});

test('preprocessing that no device runs is refused with the reason of each', t => {
  t.throws(() => placeProcessing(stages, wish, faults({A: "'Div': no", B: "'Cast': none"})), {
    code: 'UNSUPPORTED_OPERATIONS',
    message: /for preprocessing.*\n {2}A: 'Div': no\n {2}B: 'Cast': none/,
  });
});
