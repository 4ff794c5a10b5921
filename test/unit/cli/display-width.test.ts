import test from 'ava';
import {displayWidth} from '../../../src/cli/display-width.js';

const widths: readonly (readonly [string, number, string])[] = [
  ['', 0, 'nothing'],
  ['conv1', 5, 'ASCII'],
  ['größe', 5, 'precomposed letters'],
  ['gro\u0308ße', 5, 'combining marks'],
  ['画像', 4, 'ideographs'],
  ['カナ', 4, 'katakana'],
  ['한글', 4, 'hangul'],
  ['ＡＢ', 4, 'full-width letters'],
  ['ｶﾅ', 2, 'half-width katakana'],
  ['😀', 2, 'an emoji'],
  ['👩‍🚀', 2, 'an emoji of several characters'],
  ['❤️', 2, 'a symbol shown as an emoji'],
  ['█░─', 3, 'blocks and lines'],
  ['\x1b[31mred\x1b[39m', 3, 'coloured text'],
  ['a\u200bb', 2, 'a zero-width space'],
];

for (const [text, width, what] of widths) {
  test(`${what} takes ${width} columns`, t => t.is(displayWidth(text), width));
}
