import {type NatsServer, startNatsServer} from '../../src/app/start-nats-server.js';
import {type ClientOptions, Core} from '../../src/index.js';
import {eventually} from './eventually.js';
import {
  type Cleanup,
  type Ended,
  HeterodyneProcess,
  type RunOptions,
  runHeterodyne,
} from './heterodyne-process.js';
import {temporaryFolder} from './temporary-folder.js';

type Commands = Readonly<Record<string, readonly string[]>>;
/** By the commands' names, what is added to their environments. */
type Environments = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ready = /^coordinator is running$|^node \S+ is running with (.*)$/m;

/**
 * Coordinators and nodes as processes of the heterodyne command, on a nats-server. At the end of the
 * test they are asked to end; one that died, or does not end well, fails the test with its stderr.
 */
export class ClusterProcesses {
  readonly #t: Cleanup;
  readonly #storeDir: string;
  readonly #options: RunOptions;
  readonly #processes = new Map<string, HeterodyneProcess>();
  /** Those that the test itself ended. */
  readonly #ended = new Set<HeterodyneProcess>();
  #server: NatsServer;

  constructor(t: Cleanup, server: NatsServer, folder: string) {
    this.#t = t;
    this.#server = server;
    this.#storeDir = folder;
    this.#options = {env: {XDG_CACHE_HOME: folder}};
    t.teardown(() => this.#server.stop());
  }

  get servers(): string {
    return this.#server.url;
  }

  /** Settles when all have started and the coordinator that leads knows every device. */
  async start(commands: Commands, environments: Environments = {}): Promise<void> {
    for (const [name, args] of Object.entries(commands)) {
      const env = {...this.#options.env, ...environments[name]};
      const options = {...this.#options, env, channel: true};
      this.#processes.set(name, new HeterodyneProcess(this.#t, args, options));
    }
    // Registered after theirs, it comes before them: they would be killed.
    this.#t.teardown(() => this.#stop());
    const processes = Object.keys(commands).map(name => this.process(name));
    await Promise.all(processes.map(process => process.says(ready)));
    await this.untilDevices(processes.flatMap(({stderr}) => devicesIn(stderr)));
  }

  process(name: string): HeterodyneProcess {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`there is no process ${name}`);
    return process;
  }

  /** Runs another command to its end, which joins this cluster if it is told `servers`. */
  run(...args: readonly string[]): Promise<Ended> {
    return runHeterodyne(this.#t, args, this.#options);
  }

  async connect(options: ClientOptions = {}): Promise<Core> {
    const core = await Core.connect({servers: this.servers, ...options});
    this.#t.teardown(() => core.close());
    return core;
  }

  /** Settles once at least these devices are alive; their full names, sorted. */
  async untilDevices(names: readonly string[]): Promise<readonly string[]> {
    const core = await Core.connect({servers: this.servers});
    try {
      return await eventually(
        () => deviceNames(core),
        alive => names.every(name => alive.includes(name)),
      );
    } finally {
      await core.close();
    }
  }

  async end(name: string, signal: NodeJS.Signals): Promise<Ended> {
    this.process(name).kill(signal);
    return this.ends(name);
  }

  /** Settles when it has ended by itself, as the test wants. */
  ends(name: string): Promise<Ended> {
    const process = this.process(name);
    this.#ended.add(process);
    return process.ended;
  }

  async killServer(): Promise<void> {
    process.kill(this.#server.pid, 'SIGKILL');
    await this.#server.ended;
  }

  /** At the same address, with what it has stored. */
  async restartServer(): Promise<void> {
    const {port} = this.#server;
    this.#server = await startNatsServer({port, storeDir: this.#storeDir});
  }

  async #stop(): Promise<void> {
    const processes = [...this.#processes.values()].filter(process => !this.#ended.has(process));
    for (const process of processes) this.#ended.add(process);
    const died = processes.filter(({hasEnded}) => hasEnded);
    for (const process of processes) process.kill('SIGTERM');
    const ended = await Promise.all(processes.map(process => process.ended));
    const [first] = [
      ...died.map(process => process.failure('ended by itself')),
      ...processes
        .filter((_, index) => ended[index]?.status !== 0)
        .map(process => process.failure('did not end well')),
    ];
    if (first !== undefined) throw first;
  }
}

/** Full names, sorted. */
export async function deviceNames(core: Core): Promise<readonly string[]> {
  return (await core.getDeviceDescriptions()).map(({name}) => name).sort();
}

/** A nats-server of the test's own, and on it what `commandsOn` names. */
export async function startClusterProcesses(
  t: Cleanup,
  commandsOn: (servers: string) => Commands | Promise<Commands>,
  environments: Environments = {},
): Promise<ClusterProcesses> {
  const folder = await temporaryFolder(t);
  const cluster = new ClusterProcesses(t, await startNatsServer({storeDir: folder}), folder);
  await cluster.start(await commandsOn(cluster.servers), environments);
  return cluster;
}

function devicesIn(stderr: string): readonly string[] {
  return ready.exec(stderr)?.[1]?.split(', ') ?? [];
}
