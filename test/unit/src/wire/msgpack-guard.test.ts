import test from 'ava';
import {Packr} from 'msgpackr';
import {depthMax, guardMsgpack, valuesMax} from '../../../../src/wire/msgpack-guard.js';

const packr = new Packr({useRecords: false, variableMapSize: true});

function nested(depth: number): Uint8Array {
  return new Uint8Array(depth + 1).fill(0x91, 0, depth);
}

const accepted: readonly unknown[] = [
  null,
  [true, false, 0, -1, 127, 128, 65_536, 2 ** 40, -(2 ** 40), 1.5],
  {key: 'x'.repeat(40), ['k'.repeat(300)]: 'x'.repeat(70_000), list: new Array(20).fill({})},
  new Uint8Array(300),
  Array.from({length: 70_000}, (_, index) => index),
  Object.fromEntries(Array.from({length: 70_000}, (_, index) => [`k${index}`, index])),
];
accepted.forEach((value, index) => {
  test(`plain values pass (${index})`, t => {
    t.notThrows(() => guardMsgpack(packr.pack(value)));
  });
});

test('nesting passes up to its bound', t => {
  t.notThrows(() => guardMsgpack(nested(depthMax)));
});

const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['nothing', new Uint8Array(0), /truncated at byte 0/],
  ['a record definition', Uint8Array.of(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1), /extension/],
  ['a regular expression', Uint8Array.of(0xc7, 3, 0x78, 0x92, 0xa1, 0x61), /extension/],
  ['a timestamp inside a list', Uint8Array.of(0x91, 0xd6, 0xff, 0, 0, 0, 0), /at byte 1/],
  ['the unused format', Uint8Array.of(0xc1), /unused/],
  ['a map key that is a number', Uint8Array.of(0x81, 1, 1), /key that is no string/],
  ['a key without a value', Uint8Array.of(0x81, 0xa1, 0x61), /truncated/],
  ['nesting over the bound', nested(depthMax + 1), /deeper than/],
  ['nesting without end', new Uint8Array(1_000_000).fill(0x91), /deeper than/],
  ['a list that promises too much', Uint8Array.of(0xdd, 255, 255, 255, 255), /truncated/],
  ['text that promises too much', Uint8Array.of(0xdb, 255, 255, 255, 255), /truncated/],
  ['a second value', Uint8Array.of(0xc0, 0xc0), /1 bytes follow/],
  ['too many values', packr.pack(new Array(valuesMax).fill(null)), /more than/],
];
for (const [title, bytes, message] of refused) {
  test(`${title} is refused`, t => {
    const error = t.throws(() => guardMsgpack(bytes), {message});
    t.like(error, {code: 'INVALID_FRAME'});
  });
}
