import test from 'ava';
import fc from 'fast-check';
import {
  type CountedDevice,
  type DeviceExpression,
  formatDeviceExpression,
  type NamedDevice,
  parseDeviceExpression,
} from '../../../../src/plan/device-expression.js';

function named(kind: string, more: Partial<NamedDevice> = {}): NamedDevice {
  return {form: 'device', node: null, kind, id: null, ...more};
}

function once(...kinds: readonly string[]): readonly CountedDevice[] {
  return kinds.map(kind => ({device: named(kind), requests: null}));
}

const [cpu, wasm] = [named('CPU'), named('WASM')];

const readings: Readonly<Record<string, DeviceExpression>> = {
  CPU: cpu,
  'GPU.1': named('GPU', {id: '1'}),
  'host-a/CPU': named('CPU', {node: 'host-a'}),
  'rack-2.lab.example/GPU.0': named('GPU', {node: 'rack-2.lab.example', id: '0'}),
  'HETERO:WASM,CPU': {form: 'hetero', devices: [wasm, cpu]},
  'MULTI:CPU(4),WASM': {
    form: 'multi',
    devices: [
      {device: cpu, requests: 4},
      {device: wasm, requests: null},
    ],
  },
  AUTO: {form: 'auto', devices: [], excluded: []},
  'AUTO:CPU,WASM': {form: 'auto', devices: once('CPU', 'WASM'), excluded: []},
  'AUTO:-WASM': {form: 'auto', devices: [], excluded: [wasm]},
  'AUTO:CPU,-host-a/CPU': {
    form: 'auto',
    devices: once('CPU'),
    excluded: [named('CPU', {node: 'host-a'})],
  },
  'BATCH:CPU(8)': {form: 'batch', device: cpu, size: 8},
  'BATCH:CPU': {form: 'batch', device: cpu, size: null},
};

for (const [text, expression] of Object.entries(readings)) {
  test(`${text} reads as what it says and is written back the same`, t => {
    t.deepEqual(parseDeviceExpression(text), expression);
    t.is(formatDeviceExpression(expression), text);
  });
}

test('a virtual device inside a list takes the rest of the list', t => {
  t.deepEqual(parseDeviceExpression('MULTI:GPU,HETERO:WASM,CPU'), {
    form: 'multi',
    devices: [
      {device: named('GPU'), requests: null},
      {device: {form: 'hetero', devices: [wasm, cpu]}, requests: null},
    ],
  });
});

test('a list inside a list ends before a device that it has already', t => {
  t.is(
    formatDeviceExpression(parseDeviceExpression('MULTI:HETERO:WASM,CPU,CPU')),
    'MULTI:(HETERO:WASM,CPU),CPU',
  );
  t.is(
    formatDeviceExpression(parseDeviceExpression('MULTI:CPU,HETERO:WASM,CPU,GPU(2)')),
    'MULTI:CPU,(HETERO:WASM,CPU,GPU)(2)',
  );
});

test('parentheses end a virtual device inside a list', t => {
  const text = 'MULTI:(HETERO:WASM,CPU)(2),CPU';
  const hetero: DeviceExpression = {form: 'hetero', devices: [wasm, cpu]};
  const expression = parseDeviceExpression(text);
  t.deepEqual(expression, {
    form: 'multi',
    devices: [
      {device: hetero, requests: 2},
      {device: cpu, requests: null},
    ],
  });
  t.is(formatDeviceExpression(expression), text);
});

test('BATCH takes one device, so a list goes on after it', t => {
  t.is(
    formatDeviceExpression(parseDeviceExpression('MULTI:BATCH:CPU(8),WASM')),
    'MULTI:(BATCH:CPU(8)),WASM',
  );
});

test('spaces do not count', t => {
  t.deepEqual(parseDeviceExpression(' HETERO: WASM , CPU '), {
    form: 'hetero',
    devices: [wasm, cpu],
  });
});

const refusals: Readonly<Record<string, RegExp>> = {
  '': /expected a device such as 'CPU' at character 1 .*given the end/,
  'HETERO:': /expected a device such as 'CPU' at character 8/,
  HETERO: /expected ':' at character 7/,
  'CPU,WASM': /expected one device \(a list follows 'HETERO:', .* at character 4/,
  'HETERO:CPU,,WASM': /expected a device such as 'CPU' at character 12 .*given ',WASM'/,
  'MULTI:CPU(0)': /expected a number of requests from 1 to 65536 at character 11/,
  'MULTI:CPU(4': /expected '\)' at character 12/,
  'MULTI:CPU(x)': /expected a number of requests/,
  'HETERO:CPU(4)': /expected ',' or the end at character 11/,
  'BATCH:CPU(1000000)': /batch size from 1 to 65536/,
  'host-a/HETERO:CPU': /expected HETERO without a node or a number, .* at character 1 /,
  'AUTO:-HETERO': /expected the name of a device to exclude at character 7/,
  'MULTI:-CPU': /expected a device such as 'CPU' at character 7/,
  'MULTI:CPU,WASM,CPU': /expected no device twice in a list at character 16/,
  '(CPU': /expected '\)' at character 5/,
  'CPU)': /expected ',' or the end at character 4/,
  'host_a/': /expected ',' or the end at character 7 .*given '\/'/,
  ÇPU: /expected a device such as 'CPU' at character 1/,
  'BATCH:BATCH:BATCH:BATCH:BATCH:BATCH:BATCH:BATCH:BATCH:CPU': /at most 8 devices inside/,
};

for (const [text, message] of Object.entries(refusals)) {
  test(`'${text}' is refused with the place and what was expected`, t => {
    t.throws(() => parseDeviceExpression(text), {code: 'INVALID_DEVICE', message});
  });
}

test('a text of any length is refused in bounded words', t => {
  const error = t.throws(() => parseDeviceExpression(`HETERO:${'('.repeat(4000)}`));
  t.true((error?.message.length ?? 0) < 500);
  t.throws(() => parseDeviceExpression('A'.repeat(5000)), {
    code: 'INVALID_DEVICE',
    message: /4096/,
  });
});

const anyName: fc.Arbitrary<NamedDevice> = fc.record({
  form: fc.constant('device' as const),
  node: fc.constantFrom(null, 'host-a', 'b.c-d.e'),
  kind: fc.constantFrom('CPU', 'WASM', 'GPU', 'TEMPLATE'),
  id: fc.constantFrom(null, '0', '1', '12'),
});

const {expression: anyExpression} = fc.letrec<{expression: DeviceExpression}>(tie => {
  const device = tie('expression');
  const text = (each: DeviceExpression) => formatDeviceExpression(each);
  const counted = fc.record({
    device,
    requests: fc.option(fc.integer({min: 1, max: 65_536}), {nil: null}),
  });
  const list = fc.uniqueArray(counted, {
    minLength: 1,
    maxLength: 3,
    selector: each => text(each.device),
  });
  return {
    expression: fc.oneof(
      {maxDepth: 3, withCrossShrink: true},
      anyName,
      fc.record({
        form: fc.constant('hetero' as const),
        devices: fc.uniqueArray(device, {minLength: 1, maxLength: 3, selector: text}),
      }),
      fc.record({form: fc.constant('multi' as const), devices: list}),
      fc.record({
        form: fc.constant('auto' as const),
        devices: list,
        excluded: fc.constant([named('NPU')]),
      }),
      fc.record({
        form: fc.constant('batch' as const),
        device,
        size: fc.constantFrom(null, 1, 8),
      }),
    ),
  };
});

test('every expression reads back from its text', t => {
  const property = fc.property(anyExpression, expression => {
    const read = parseDeviceExpression(formatDeviceExpression(expression));
    return JSON.stringify(read) === JSON.stringify(expression);
  });
  t.notThrows(() => fc.assert(property));
});

test('any text is read or refused with INVALID_DEVICE', t => {
  const words = fc.constantFrom(
    'CPU',
    'HETERO:',
    'AUTO',
    'BATCH:',
    ',',
    '(',
    ')',
    '-',
    '.',
    '/',
    '4',
  );
  const property = fc.property(fc.array(words, {maxLength: 30}), parts => {
    try {
      parseDeviceExpression(parts.join(''));
      return true;
    } catch (error) {
      return (error as {code?: string}).code === 'INVALID_DEVICE';
    }
  });
  t.notThrows(() => fc.assert(property, {numRuns: 1000}));
});
