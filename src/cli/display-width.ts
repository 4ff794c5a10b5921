const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what an escape sequence is.
const colourSequence = /\x1b\[[\d;]*m/g;
const printableAscii = /^[ -~]*$/;
const invisible = /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]*$/u;
const emoji = /^\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u;
/** Blocks of East Asian Width W and F (Unicode Standard Annex 11), beside emoji. */
const wide = new RegExp(
  '^[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff' +
    '\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6\\u{1b000}-\\u{1b2ff}' +
    '\\u{20000}-\\u{3fffd}]',
  'u',
);

/** How many columns of a terminal a line of text takes; colour sequences take none. */
export function displayWidth(text: string): number {
  const plain = text.replace(colourSequence, '');
  if (printableAscii.test(plain)) return plain.length;
  let width = 0;
  for (const {segment} of segmenter.segment(plain)) {
    width += graphemeWidth(segment);
  }
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) || emoji.test(grapheme) ? 2 : 1;
}
