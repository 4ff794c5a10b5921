import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeNpy} from '../../src/cli/npy.js';
import {describeError} from '../../src/cli/report.js';
import {type ErrorCode, InferenceError} from '../../src/index.js';
import {digitsPath} from '../support/digits.js';
import {runHeterodyne} from '../support/heterodyne-process.js';
import {withNats} from '../support/nats.js';
import {runCommand} from '../support/run-command.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';

/* What a user can get wrong at the command line ends at once, with a code and words. */

delete process.env['HETERODYNE_SERVERS'];

const stackLine = /\n {4}at /;

type Args = readonly string[];
type Given = Args | ((t: ExecutionContext) => Promise<Args>);

interface Refusal {
  readonly code: ErrorCode;
  readonly says: RegExp;
}

const refuses = test.macro({
  title: (providedTitle = '') => `${providedTitle} is refused`,
  async exec(t: ExecutionContext, given: Given, {code, says}: Refusal) {
    const args = typeof given === 'function' ? await given(t) : given;
    const error = await t.throwsAsync(runCommand(...args), {instanceOf: InferenceError});
    t.like(error, {code, printed: ''});
    t.regex(error?.message ?? '', says);
    const text = describeError(error, false);
    t.true(text.startsWith(`${code}: `));
    t.notRegex(text, stackLine);
    t.regex(describeError(error, true), stackLine);
  },
});

async function file(t: ExecutionContext, name: string, content: Uint8Array | string) {
  const path = join(await temporaryFolder(t), name);
  await writeFile(path, content);
  return path;
}

function inferWith(name: string, content: Uint8Array | string, input = 'image'): Given {
  return async t => {
    const path = await file(t, name, content);
    return ['infer', digitsPath, '-d', 'CPU', '-i', `${input}=${path}`];
  };
}

const onDigits = (command: string, ...args: Args) => [command, digitsPath, ...args];
const image = tensorOf('f32', [1, 1, 8, 8]);

test.serial('a conformance run of no device', refuses, ['conformance'], {
  code: 'INVALID_ARGUMENT',
  says: /expected --device, or --plugin/,
});
test.serial(
  'a run of operations without tests',
  refuses,
  ['conformance', '-d', 'CPU', '--only', 'operations'],
  {
    code: 'INVALID_ARGUMENT',
    says: /expected --tests/,
  },
);
test.serial(
  'a conformance run of behaviours that are none',
  refuses,
  ['conformance', '-d', 'CPU', '--filter', 'zzz'],
  {
    code: 'INVALID_ARGUMENT',
    says: /'zzz', found none/,
  },
);
test.serial(
  'a conformance run of a plugin that is not there',
  refuses,
  ['conformance', '--plugin', './absent.js'],
  {
    code: 'FILE_UNREADABLE',
    says: /plugin .\/absent.js: expected a file/,
  },
);

test.serial(
  'a file that is no ONNX network',
  refuses,
  async t => ['query', await file(t, 'x.onnx', 'not a network'), '-d', 'CPU'],
  {code: 'INVALID_NETWORK', says: /not an ONNX network/},
);

test.serial(
  'an empty file',
  refuses,
  async t => ['infer', await file(t, 'x.onnx', ''), '-d', 'CPU'],
  {code: 'INVALID_NETWORK', says: /./},
);

test.serial(
  'a network that is cut short',
  refuses,
  async t => {
    const whole = await readFile(digitsPath);
    return ['explain', await file(t, 'x.onnx', whole.subarray(0, whole.length / 2)), '-d', 'CPU'];
  },
  {code: 'INVALID_NETWORK', says: /cut short/},
);

test.serial('a network that is not there', refuses, ['benchmark', 'nowhere.onnx', '-d', 'CPU'], {
  code: 'FILE_UNREADABLE',
  says: /at nowhere\.onnx: ENOENT/,
});

test.serial(
  'a folder for a network',
  refuses,
  async t => ['infer', await temporaryFolder(t), '-d', 'CPU'],
  {
    code: 'FILE_UNREADABLE',
    says: /at \/.*: EISDIR/,
  },
);

test.serial('a device that nobody has', refuses, onDigits('infer', '-d', 'GPU'), {
  code: 'UNKNOWN_DEVICE',
  says: /given 'GPU'.*; there are .*'CPU'/,
});

test.serial('a device on a node that is not there', refuses, onDigits('query', '-d', 'edge/CPU'), {
  code: 'UNKNOWN_DEVICE',
  says: /given 'edge\/CPU'/,
});

test.serial('half a device expression', refuses, onDigits('query', '-d', 'HETERO:WASM,'), {
  code: 'INVALID_DEVICE',
  says: /at character 13 of device 'HETERO:WASM,'/,
});

test.serial(
  'a config key with a slip',
  refuses,
  onDigits('infer', '-d', 'CPU', '-c', 'NUM_STREMS=2'),
  {code: 'UNKNOWN_CONFIG_KEY', says: /NUM_STREMS: did you mean NUM_STREAMS\?/},
);

test.serial(
  'a config value out of range',
  refuses,
  onDigits('benchmark', '-d', 'CPU', '--nstreams', '0'),
  {
    code: 'INVALID_CONFIG_VALUE',
    says: /NUM_STREAMS: expected a whole number from 1 to \d+, or AUTO/,
  },
);

test.serial(
  'an affinity for an operation that is not there',
  refuses,
  onDigits('explain', '-d', 'HETERO:WASM,CPU', '-a', 'conv99=CPU'),
  {code: 'UNKNOWN_OPERATION', says: /no operation 'conv99'; did you mean 'conv\d'\?/},
);

test.serial(
  'an affinity for some operations only',
  refuses,
  onDigits('explain', '-d', 'HETERO:WASM,CPU', '-a', 'conv1=CPU'),
  {code: 'AFFINITY_INCOMPLETE', says: /given none for 18: 'relu1'/},
);

test.serial('an input without a value', refuses, onDigits('infer', '-d', 'CPU', '-i', 'image'), {
  code: 'INVALID_ARGUMENT',
  says: /expected NAME=FILE\.npy, .*NAME=random or NAME=random:SEED for an input, got "image"/,
});

test.serial(
  'an input file that is not there',
  refuses,
  onDigits('infer', '-d', 'CPU', '-i', 'image=nowhere.npy'),
  {code: 'FILE_UNREADABLE', says: /ENOENT.*nowhere\.npy/},
);

test.serial('a file that is no npy array', refuses, inferWith('x.npy', 'pixels'), {
  code: 'FILE_UNREADABLE',
  says: /x\.npy: expected an npy file/,
});

test.serial(
  'an npy file that is cut short',
  refuses,
  inferWith('x.npy', writeNpy(image).subarray(0, 200)),
  {
    code: 'FILE_UNREADABLE',
    says: /needs 256 bytes of elements, found 72/,
  },
);

test.serial('an input of another name', refuses, inferWith('x.npy', writeNpy(image), 'imagine'), {
  code: 'UNKNOWN_INPUT',
  says: /out of image, given 'imagine'; did you mean 'image'\?/,
});

test.serial(
  'an input of another shape',
  refuses,
  inferWith('x.npy', writeNpy(tensorOf('f32', [1, 8, 8]))),
  {
    code: 'SHAPE_MISMATCH',
    says: /image: expected shape \[N,1,8,8\], given \[1,8,8\]/,
  },
);

test.serial(
  'an input of another type',
  refuses,
  inferWith('x.npy', writeNpy(tensorOf('f64', [1, 1, 8, 8]))),
  {code: 'TYPE_MISMATCH', says: /image: expected element type f32, given f64/},
);

test.serial(
  'a drawing where no file can be',
  refuses,
  onDigits('explain', '-d', 'CPU', '--svg', '/dev/null/stages.svg'),
  {code: 'INVALID_ARGUMENT', says: /at \/dev\/null\/stages\.svg: ENOTDIR/},
);

test.serial(
  'a server that is not there',
  refuses,
  async () => ['devices', '--servers', `nats://127.0.0.1:${await closedPort()}`],
  {code: 'NO_SERVER', says: /ECONNREFUSED.*`heterodyne up`.*`nats-server -js`/},
);

test.serial(
  'a server that says nothing',
  refuses,
  async t => ['health', '--servers', `nats://127.0.0.1:${await silentPort(t)}`],
  {code: 'NO_SERVER', says: /no answer in \d+ ms/},
);

test.serial('a name that no node can have', refuses, ['node', '--name', 'a/b'], {
  code: 'INVALID_ARGUMENT',
  says: /letters, digits/,
});

test.serial('as a process, a command that fails exits with 1 and says why in one line', async t => {
  const args = ['infer', 'nowhere.onnx', '-d', 'CPU', '--json'];
  const ended = await runHeterodyne(t, args);
  t.like(ended, {status: 1, stdout: ''});
  t.regex(ended.stderr, /^FILE_UNREADABLE: .*nowhere\.onnx.*\n$/);
  const verbose = await runHeterodyne(t, [...args, '--verbose']);
  t.like(verbose, {status: 1, stdout: ''});
  t.regex(verbose.stderr, stackLine);
});

test.serial('as a process, a node with devices of an unknown kind exits with 1', async t => {
  const servers = `nats://127.0.0.1:${await closedPort()}`;
  const ended = await runHeterodyne(t, ['node', '--servers', servers, '--devices', 'CPU,FOO']);
  t.like(ended, {status: 1, stdout: ''});
  t.regex(ended.stderr, /^UNKNOWN_DEVICE: .*CPU, WASM.*'FOO'\n$/);
});

for (const [what, args, says] of [
  ['a command that is none', ['inferr'], /unknown command 'inferr'.*\(Did you mean infer\?\)/s],
  ['an option that is none', ['infer', 'x.onnx', '-d', 'CPU', '--jsn'], /unknown option '--jsn'/],
  ['a missing network', ['query', '-d', 'CPU'], /missing required argument 'model'/],
  ['a count of none', ['benchmark', 'x', '-d', 'CPU', '-n', '0'], /expected a whole number from 1/],
  ['no time', ['benchmark', 'x', '-d', 'CPU', '-t', '0'], /expected a number of seconds above 0/],
  [
    'an unknown graph file',
    ['benchmark', 'x', '-d', 'CPU', '--exec-graph', 'g.png'],
    /\.onnx, \.dot, \.svg/,
  ],
  ['a report that is none', ['benchmark', 'x', '-d', 'CPU', '--report', 'all'], /Allowed choices/],
  ['a hint that is none', ['benchmark', 'x', '-d', 'CPU', '--hint', 'fast'], /Allowed choices/],
  ['a config without a value', ['query', 'x', '-d', 'CPU', '-c', 'NUM_STREAMS'], /KEY=VALUE/],
  ['a port that is none', ['up', '--port', '70000'], /expected a whole number from 0 to 65535/],
] as const) {
  test.serial(`${what} is a usage error that points to the help`, async t => {
    const error = await t.throwsAsync(runCommand(...args));
    t.like(error, {exitCode: 1, printed: ''});
    const {noted} = error as unknown as {noted: string};
    t.regex(noted, says);
    t.regex(noted, /\(--help tells more\)/);
  });
}

/** A port that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const {server, port} = await listen();
  server.close();
  await once(server, 'close');
  return port;
}

async function silentPort(t: ExecutionContext): Promise<number> {
  const {server, port} = await listen();
  t.teardown(() => server.close());
  return port;
}

async function listen(): Promise<{readonly server: Server; readonly port: number}> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {server, port: (server.address() as AddressInfo).port};
}

test('a coordinator that cannot keep a lease ends, and says why', async t => {
  // The store of blobs is the one stream that the account may have.
  const account = '{jetstream: {max_streams: 1}, users: [{user: me, password: pw}]}';
  const {port} = await withNats(t, {config: `accounts: {A: ${account}}`});
  const servers = `nats://me:pw@127.0.0.1:${port}`;
  const {status, stderr} = await runHeterodyne(t, ['coordinator', '--servers', servers]);
  t.is(status, 1);
  t.regex(stderr, /^STORE_UNAVAILABLE: .*maximum number of streams/m);
});
