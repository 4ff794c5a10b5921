import test from 'ava';
import type {Step} from '../../../../src/plugin/graph/step.js';
import {StepMeter} from '../../../../src/plugin/graph/step-meter.js';
import {threadCpuUs} from '../../../../src/plugin/graph/thread-cpu.js';

const waitMs = 30;

/** It waits, and computes nothing. */
const waiting: Step = {
  operation: 'wait',
  type: 'Wait',
  kernel() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    return [];
  },
  inputs: [],
  outputs: [],
  lastReads: [],
};

function measured(meter: StepMeter) {
  meter.run(waiting, new Map());
  const rest = {inputs: [], outputs: [], random: false};
  const {operations} = meter.counters([
    {name: 'wait', type: 'Wait', ...rest},
    {name: 'folded', type: 'Add', ...rest},
  ]);
  const [counter, folded] = operations;
  if (counter === undefined) throw new Error('the step was not counted');
  return {counter, folded};
}

test('processor time is what the thread took from the begin of a step to its end', t => {
  const readings = [100, 107];
  const {counter, folded} = measured(new StepMeter(() => readings.shift()));
  t.like(counter, {status: 'EXECUTED', cpuUs: 7});
  t.true(counter.realUs > 1000 * (waitMs - 2));
  t.like(folded, {status: 'OPTIMIZED_OUT', realUs: 0, cpuUs: 0});
});

test('where the processor time of a thread is unknown, the time that passed is told', t => {
  const {counter} = measured(new StepMeter(() => undefined));
  t.is(counter.cpuUs, counter.realUs);
});

const tells = threadCpuUs() === undefined ? test.skip : test;
tells('a step that waits takes time and no processor', t => {
  const {counter} = measured(new StepMeter());
  t.true(counter.cpuUs < counter.realUs / 2, `${counter.cpuUs} of ${counter.realUs} us`);
});
