import test from 'ava';
import {
  formatDeviceExpression,
  parseDeviceExpression,
} from '../../../../src/plan/device-expression.js';
import {expressionDevices, mapDevices} from '../../../../src/plan/expression-devices.js';

const everything = 'MULTI:(HETERO:A,n/B.1)(2),(BATCH:C(8)),(AUTO:D,-E)';

test('an expression names devices in its order, those that it excludes not', t => {
  const named = expressionDevices(parseDeviceExpression(everything));
  t.deepEqual(named?.map(formatDeviceExpression), ['A', 'n/B.1', 'C', 'D']);
});

test('AUTO without devices may mean any', t => {
  t.is(expressionDevices(parseDeviceExpression('AUTO:-CPU')), null);
  t.is(expressionDevices(parseDeviceExpression('BATCH:AUTO')), null);
});

test('every device that is named is changed, and nothing else', t => {
  const changed = mapDevices(parseDeviceExpression(everything), device => ({...device, id: '7'}));
  const expected = 'MULTI:(HETERO:A.7,n/B.7)(2),(BATCH:C.7(8)),(AUTO:D.7,-E)';
  t.is(formatDeviceExpression(changed), expected);
});
