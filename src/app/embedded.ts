import type {ClusterLink} from '../client/cluster-client.js';
import {InferenceError} from '../errors.js';
import {ActorSystem} from '../kernel/actor-system.js';
import type {Plugin} from '../plugin/plugin.js';
import {type Log, silentLog} from '../ports/log.js';
import {blobCodec} from '../wire/blob-codec.js';
import {createLocalTransport, defaultFrameBytesMax} from '../wire/local-transport.js';
import {createMemoryBulkStore} from '../wire/memory-bulk-store.js';
import {createMemoryStateStore} from '../wire/memory-state-store.js';
import type {CacheOptions} from './node-cache.js';
import {tracerOf} from './open-telemetry.js';
import type {OpenTelemetryApi} from './open-telemetry-api.js';
import {OpenTelemetryRecorder} from './open-telemetry-recorder.js';
import {packageVersion} from './package-version.js';
import {createPlugin, defaultPlugins} from './plugins.js';
import {startClient} from './start-client.js';
import {startCoordinator} from './start-coordinator.js';
import {type StartedDevices, startDevices} from './start-devices.js';
import {systemClock, systemRandom, systemTimers} from './system-world.js';

export interface EmbeddedOptions {
  /** Kinds of devices: `['CPU', 'WASM']`, the default. */
  readonly devices?: readonly string[];
  /** More devices, of plugins that do not come with Heterodyne; closed with the cluster. */
  readonly plugins?: readonly Plugin[];
  /** The node's name. Default: `local`. */
  readonly node?: string;
  /** Tensors of one message above this many bytes are refused. Default: 1 GiB. */
  readonly frameBytesMax?: number;
  /** Where compiled networks are kept, so that they need not be compiled again. */
  readonly cache?: CacheOptions;
  readonly log?: Log;
  /** See ClientOptions. */
  readonly openTelemetry?: OpenTelemetryApi;
}

/** Nobody led before, and nobody will. */
const onlyTerm = 1;

/** A whole cluster in this process: coordinator, devices and client over a local transport. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<ClusterLink> {
  const {devices = defaultPlugins(), plugins = [], node = 'local', log = silentLog} = options;
  const {frameBytesMax = defaultFrameBytesMax, cache = {}} = options;
  const transport = createLocalTransport({frameBytesMax});
  const bulk = createMemoryBulkStore();
  const {openTelemetry: api} = options;
  const spans = api && new OpenTelemetryRecorder({api, node, log});
  const world = {transport, clock: systemClock, timers: systemTimers, log, spans};
  const system = new ActorSystem(world);
  const started: StartedDevices[] = [];
  const coordinator = startCoordinator({
    system,
    bulk,
    state: createMemoryStateStore(),
    random: systemRandom,
  });
  coordinator.lead(onlyTerm, Number.POSITIVE_INFINITY);
  const client = startClient({system, ...world, random: systemRandom, tracer: tracerOf(options)});
  const close = async () => {
    client.close();
    await Promise.all(started.map(each => each.close()));
    await transport.flush();
    await coordinator.close();
    system.close();
    await transport.close();
    await bulk.close();
  };
  const start = async (plugin: Plugin) => {
    const setting = {node, system, bulk, random: systemRandom, cache, log};
    started.push(await startDevices({...setting, plugin}));
  };
  try {
    for (const kind of new Set(devices)) await start(await createPlugin(kind));
    for (const plugin of plugins) await start(checkedPlugin(plugin));
  } catch (error) {
    await close();
    throw error;
  }
  await transport.flush();
  const metrics = () => system.metrics();
  return {session: client.session, metrics, bulk, codec: blobCodec(packageVersion()), close};
}

function checkedPlugin(plugin: Plugin): Plugin {
  if (typeof plugin?.devices === 'function') return plugin;
  const expected = 'what createPluginEngine() of a plugin gives';
  const text = `plugins: expected ${expected}, given ${String(plugin)}`;
  throw new InferenceError('INVALID_ARGUMENT', text);
}
