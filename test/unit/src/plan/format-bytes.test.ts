import test from 'ava';
import {formatBytes} from '../../../../src/plan/format-bytes.js';

const texts: readonly (readonly [number | null, string])[] = [
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KiB'],
  [1536, '1.5 KiB'],
  [602_112, '588 KiB'],
  [1024 ** 2 * 1.25, '1.3 MiB'],
  [1024 ** 3 * 2, '2 GiB'],
  [1024 ** 5, '1024 TiB'],
  [null, '? B'],
];

for (const [bytes, text] of texts) {
  test(`${bytes} bytes are shown as ${text}`, t => {
    t.is(formatBytes(bytes), text);
  });
}
