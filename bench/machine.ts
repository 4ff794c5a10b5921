import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {availableParallelism, cpus, loadavg, release, totalmem, type} from 'node:os';
import {findNatsServer} from '../src/app/find-nats-server.js';
import {packageVersion} from '../src/app/package-version.js';

/** Where and with what a result was made. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted a core, over the last minute before the start. */
  readonly loadAverage: number;
  readonly versions: Readonly<Record<string, string>>;
}

const packages = ['onnxruntime-node', 'nats', 'piscina', 'msgpackr'];

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    loadAverage: loadavg()[0] ?? 0,
    versions: {
      heterodyne: packageVersion(),
      node: process.versions.node,
      'nats-server': natsServerVersion(),
      ...Object.fromEntries(packages.map(name => [name, versionOf(name)])),
    },
  };
}

function natsServerVersion(): string {
  const executable = findNatsServer();
  if (executable === undefined) return 'none';
  return execFileSync(executable, ['--version'], {encoding: 'utf8'}).trim().replace(/^.*v/, '');
}

/** Packages that export no package.json are found by their folder. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return String(require(`${folder}/${name}/package.json`).version);
    } catch {
      // Not in this folder.
    }
  }
  return 'unknown';
}
