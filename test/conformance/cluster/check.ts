import test, {type ExecutionContext} from 'ava';
import {
  type Config,
  type Core,
  type ErrorCode,
  type ExecutableNetwork,
  InferenceError,
  type OpenTelemetryApi,
  type StateDeclaration,
} from '../../../src/index.js';
import {floats, line} from '../../support/cluster-networks.js';

export interface OpenOptions {
  /** The test closes the cluster, bounds its frames or traces; else a shared one will do. */
  readonly own?: boolean;
  readonly frameBytesMax?: number;
  readonly openTelemetry?: OpenTelemetryApi;
}

/** Gives a core on a cluster with a CPU and a WASM device, and sees to its end. */
export type Open = (t: ExecutionContext, options?: OpenOptions) => Promise<Core>;

export type Check = (
  title: string,
  run: (t: ExecutionContext, core: Core) => Promise<void>,
  options?: OpenOptions,
) => void;

/** Serial: each test loads networks on threads of its own. */
export function checkOn(name: string, open: Open): Check {
  return (title, run, options) =>
    test.serial(`${name}: ${title}`, async t => run(t, await open(t, options)));
}

export interface LoadWishes {
  readonly config?: Config;
  /** Operation to device. */
  readonly affinity?: Readonly<Record<string, string>>;
  readonly states?: readonly StateDeclaration[];
}

/** Loads a network for the time of a test. */
export async function load(
  t: ExecutionContext,
  core: Core,
  model: Uint8Array,
  device: string,
  {config = {}, affinity = {}, states = []}: LoadWishes = {},
): Promise<ExecutableNetwork> {
  const network = await core.readNetwork(model);
  for (const [operation, at] of Object.entries(affinity)) network.setAffinity(operation, at);
  network.setState(states);
  const executable = await core.loadNetwork(network, device, config);
  t.teardown(() => executable.release());
  return executable;
}

const splitLines = new WeakMap<Core, Promise<ExecutableNetwork>>();

/** `line` on both devices, loaded once for all tests that leave it as it is. */
export function splitLine(core: Core): Promise<ExecutableNetwork> {
  const known = splitLines.get(core);
  if (known !== undefined) return known;
  const loading = (async () => {
    const network = await core.readNetwork(line());
    network.setAffinity('Mul_0', 'WASM');
    network.setAffinity('shift', 'CPU');
    return core.loadNetwork(network, 'HETERO:WASM,CPU');
  })();
  splitLines.set(core, loading);
  return loading;
}

/** The rejection must be an InferenceError of this code whose message holds each of `texts`. */
export async function rejects(
  t: ExecutionContext,
  promise: Promise<unknown> | (() => unknown),
  code: ErrorCode,
  ...texts: readonly string[]
): Promise<InferenceError> {
  const failing = typeof promise === 'function' ? (async () => promise())() : promise;
  const error = await t.throwsAsync(failing, {instanceOf: InferenceError, code});
  for (const text of texts) {
    t.true(error?.message.includes(text), `'${text}' is not in: ${error?.message}`);
  }
  return error as InferenceError;
}

/** What goes wrong must leave an executable of `line`, and its requests in flight, alone. */
export async function unharmed(
  t: ExecutionContext,
  executable: ExecutableNetwork,
  wrong: () => Promise<unknown>,
): Promise<void> {
  const inFlight = Promise.all(Array.from({length: 40}, (_, each) => run(executable, each)));
  try {
    await wrong();
  } finally {
    await inFlight;
  }
  const answers = [...(await inFlight), await run(executable, 40)];
  t.deepEqual(
    answers,
    answers.map((_, each) => [2 * each + 1, 3]),
  );
}

async function run(executable: ExecutableNetwork, value: number): Promise<readonly unknown[]> {
  const {y} = await executable.createInferRequest().infer({x: floats([value, 1], 2)});
  return [...(y?.data ?? [])];
}
