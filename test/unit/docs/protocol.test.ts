import {readFileSync} from 'node:fs';
import test from 'ava';
import * as addresses from '../../../schemas/addresses.js';
import {errorCodes} from '../../../schemas/errors.js';
import {replySchema} from '../../../schemas/messages/ask.js';
import {clientMessageSchema} from '../../../schemas/messages/client.js';
import {coordinatorMessageSchema} from '../../../schemas/messages/coordinator.js';
import {deviceMessageSchema} from '../../../schemas/messages/device.js';
import {registryMessageSchema} from '../../../schemas/messages/registry.js';
import {stageMessageSchema} from '../../../schemas/messages/stage.js';
import {encodeFrame} from '../../../src/wire/frame-codec.js';

const page = readFileSync(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');

/** What a union, or an object, of a message's schema is made of, as far as this page tells. */
interface Node {
  readonly options?: readonly Node[];
  readonly shape?: Readonly<Record<string, {readonly value?: unknown}>>;
}

interface Message {
  readonly kind: string;
  readonly fields: readonly string[];
}

function messagesOf({options = [], shape}: Node): readonly Message[] {
  if (shape === undefined) return options.flatMap(messagesOf);
  const {kind, ...fields} = shape;
  return [{kind: String(kind?.value), fields: Object.keys(fields)}];
}

/** By kind, the fields of the table in the section of that heading. */
function tableOf(heading: string): ReadonlyMap<string, readonly string[]> {
  const section = page.split(`\n### ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` +\|([^|]*)\|/gm)];
  return new Map(
    rows.map(([, kind = '', fields = '']) => [
      kind,
      [...fields.matchAll(/`(\w+)`/g)].map(([, field = '']) => field),
    ]),
  );
}

const actors: Readonly<Record<string, readonly unknown[]>> = {
  registry: [registryMessageSchema],
  coordinator: [coordinatorMessageSchema, replySchema],
  device: [deviceMessageSchema],
  stage: [stageMessageSchema],
  client: [clientMessageSchema],
};

for (const [actor, schemas] of Object.entries(actors)) {
  test(`docs/PROTOCOL.md lists every message to a ${actor}, with its fields`, t => {
    const messages = schemas.flatMap(schema => messagesOf(schema as Node));
    const table = tableOf(actor);
    t.deepEqual([...table.keys()].sort(), [...new Set(messages.map(({kind}) => kind))].sort());
    for (const {kind, fields} of messages) {
      // A reply's value or error is in the text above the tables.
      const expected = kind === 'reply' ? ['id', 'ok'] : fields;
      t.deepEqual(table.get(kind), expected, kind);
    }
  });
}

test('docs/PROTOCOL.md lists every address', t => {
  const stage = addresses.stageAddress as (deployment: string, at: object) => string;
  const named = [
    ...Object.values(addresses).filter(value => typeof value === 'string' && !value.endsWith('.')),
    stage('<deployment>', {variant: '<variant>', stage: '<stage>', replica: '<replica>'}),
    addresses.deviceAddress('<id>'),
    addresses.nodeAddress('<id>'),
    addresses.clientAddress('<id>'),
  ];
  t.true(named.length > 5);
  t.deepEqual(
    named.filter(address => !page.includes(`| \`${address}\` `)),
    [],
  );
});

test('docs/PROTOCOL.md lists every error code, and whether it is retryable', t => {
  const section = page.split('\n## Errors\n')[1] ?? '';
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` +\| (yes|no) +\|/gm)];
  const listed = Object.fromEntries(rows.map(([, code, retryable]) => [code, retryable === 'yes']));
  t.deepEqual(listed, {...errorCodes});
});

/** The rows of the table in the section of that heading of docs/ERRORS.md, cell by cell. */
function errorRows(heading: string): readonly (readonly string[])[] {
  const errors = readFileSync(new URL('../../../../docs/ERRORS.md', import.meta.url), 'utf8');
  const section = errors.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter(line => line.startsWith('|'));
  return lines.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

/** Whether the file between backquotes holds a text. */
function fileHolds(cell: string, text: string): boolean {
  const path = /`(test\/[^`]+)`/.exec(cell)?.[1];
  if (path === undefined) return false;
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8').includes(text);
}

test('docs/ERRORS.md says of every error code what to do, and which test raises it', t => {
  const rows = errorRows('What to do');
  t.deepEqual(
    rows.map(([code]) => code),
    Object.keys(errorCodes).map(code => `\`${code}\``),
  );
  const untested = rows.filter(([code = '', , advice = '', file = '']) => {
    return advice === '' || !fileHolds(file, `'${code.replaceAll('`', '')}'`);
  });
  t.deepEqual(
    untested.map(([code]) => code),
    [],
  );
});

test('every behaviour in docs/ERRORS.md has the test that it names', t => {
  const rows = errorRows('What infer requests do');
  t.true(rows.length > 20);
  const wrong = rows.filter(([, , file = '']) => !fileHolds(file, file.split('`: ')[1] ?? '\0'));
  t.deepEqual(wrong, []);
});

test('the frame in docs/PROTOCOL.md is what the codec makes', t => {
  const shown = page.split('<!-- frame -->')[1]?.match(/^(\n {4}[0-9a-f ]+)+/m)?.[0] ?? '';
  const bytes = encodeFrame({
    message: {kind: 'cancel', client: 'client.a', request: 7, attempt: 1},
    tensors: new Map([['x', {type: 'f32', shape: [2], data: Float32Array.of(1, 2)}]]),
    owned: false,
  });
  t.is(shown.replace(/\s/g, ''), Buffer.from(bytes).toString('hex'));
});
