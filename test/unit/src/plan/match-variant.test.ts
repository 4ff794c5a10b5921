import test from 'ava';
import type {ExportedNetwork} from '../../../../schemas/exported-network.js';
import {matchVariant} from '../../../../src/plan/match-variant.js';
import type {Wish} from '../../../../src/plan/wish.js';
import {deviceOn} from '../../../support/device-descriptions.js';
import {exportedNetwork} from '../../../support/exported-network.js';
import {chain, singleStage} from '../../../support/stage-graphs.js';

/** A wish for `LABEL=NODE/KIND` and so on. */
function wish(label: string, ...chosen: readonly string[]): Wish {
  return {
    ...{label, requestsMax: null, batch: 1, config: {}},
    chosen: chosen.map(text => {
      const [name = '', at = ''] = text.split('=');
      const [node = '', kind = ''] = at.split('/');
      return {label: name, devices: [deviceOn(node, kind)]};
    }),
  };
}

/** Two stages, labelled A and B, compiled on these kinds. */
function exported(...kinds: readonly string[]): ExportedNetwork {
  const network = exportedNetwork(chain());
  const variants = network.variants.map(variant => ({
    ...variant,
    stages: variant.stages.map((stage, at) => ({...stage, kind: kinds[at] ?? ''})),
  }));
  return {...network, variants};
}

/** Where the stages go, in their order. */
function placesOf(network: ExportedNetwork, wished: Wish): readonly string[] {
  const {devices, stageGraph} = matchVariant(network, wished);
  return stageGraph.stages.map(({device}, at) => `${device}=${devices[at]?.[0]?.name}`);
}

test('stages go to the devices of their names', t => {
  const wished = wish('HETERO:B,A', 'B=h/GPU', 'A=h/CPU');
  t.deepEqual(placesOf(exported('CPU', 'GPU'), wished), ['A=h/CPU', 'B=h/GPU']);
});

test('stages that were on two devices go to two, whatever these are called', t => {
  const wished = wish('HETERO:x,y', 'x/CPU=x/CPU', 'y/CPU=y/CPU');
  t.deepEqual(placesOf(exported('CPU', 'CPU'), wished), ['x/CPU=x/CPU', 'y/CPU=y/CPU']);
});

test('stages go to the one device of their kind that there is', t => {
  t.deepEqual(placesOf(exported('CPU', 'CPU'), wish('CPU', 'CPU=h/CPU')), [
    'CPU=h/CPU',
    'CPU=h/CPU',
  ]);
});

test('a stage whose kind is not there is compiled on the fallback', t => {
  const wished = wish('HETERO:GPU,CPU', 'GPU=h/GPU', 'CPU=h/CPU');
  t.deepEqual(placesOf(exported('GPU', 'NPU'), wished), ['GPU=h/GPU', 'CPU=h/CPU']);
});

test('without a network there is nothing to compile, and it says what there is', t => {
  const network = exported('CPU', 'NPU');
  const variants = network.variants.map(variant => ({
    ...variant,
    stages: variant.stages.map(stage => ({...stage, network: null})),
  }));
  const error = t.throws(() => matchVariant({...network, variants}, wish('CPU', 'CPU=h/CPU')), {
    code: 'BLOB_INCOMPATIBLE',
  });
  t.regex(error?.message ?? '', /HETERO:A,B \(CPU, NPU\).* on CPU$/);
});

test('of several variants the one of the same name is taken, then one of the same kind', t => {
  const [cpu] = exported('CPU', 'CPU').variants;
  const [gpu] = exportedNetwork(singleStage()).variants;
  if (!cpu || !gpu) return t.fail();
  const network = {
    ...exportedNetwork(),
    variants: [
      {...cpu, device: 'CPU'},
      {...cpu, device: 'h/CPU'},
      {...gpu, device: 'GPU', stages: gpu.stages.map(stage => ({...stage, kind: 'GPU'}))},
    ],
  };
  t.is(matchVariant(network, wish('h/CPU', 'h/CPU=h/CPU')).variant.device, 'h/CPU');
  t.is(matchVariant(network, wish('x/GPU', 'x/GPU=x/GPU')).variant.device, 'GPU');
  t.is(matchVariant(network, wish('x/CPU', 'x/CPU=x/CPU')).variant.device, 'CPU');
});

test('a batched network serves batches of its size, and nothing else', t => {
  const wished = {...wish('BATCH:(CPU)', 'CPU=h/CPU'), batch: 8};
  const network = exported('CPU', 'CPU');
  t.throws(() => matchVariant(network, wished), {code: 'BLOB_INCOMPATIBLE'});
  const variants = network.variants.map(variant => ({...variant, batch: 8}));
  t.is(matchVariant({...network, variants}, wished).variant.batch, 8);
});
