import test from 'ava';
import {xmlFault} from '../../support/xml-fault.js';

test('an element with attributes, text, entities and comments is well-formed', t => {
  t.is(
    xmlFault('<?xml version="1.0"?>\n<a b="1" c=\'&lt;\'><!-- x --><d/>&amp; &#10;</a>\n'),
    undefined,
  );
});

for (const [text, why] of [
  ['<a><b></a>', 'an element that is not closed'],
  ['<a>', 'a root that is not closed'],
  ['<a/><b/>', 'two roots'],
  ['<a>x & y</a>', 'a bare ampersand'],
  ['<a b="<"/>', 'an angle in an attribute'],
  ['<a b=1/>', 'an attribute without quotes'],
  ['<a b="1" b="2"/>', 'an attribute twice'],
  ['<a/>text', 'text outside'],
  ['', 'nothing'],
] as const) {
  test(`${why} is no XML`, t => {
    t.not(xmlFault(text), undefined);
  });
}
