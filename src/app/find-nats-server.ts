import {accessSync, constants} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';

/** Where an unprivileged user's PATH often does not look, though servers are installed there. */
const systemFolders: readonly string[] = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

export interface FindOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Looked at after the folders of PATH. */
  readonly folders?: readonly string[];
}

/** The nats-server to run: from PATH, the system's folders, or the user's cache; else undefined. */
export function findNatsServer(options: FindOptions = {}): string | undefined {
  const env = options.env ?? process.env;
  const path = (env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  const folders = [...path, ...(options.folders ?? systemFolders), cacheFolder(env)];
  return folders.map(folder => join(folder, executableName())).find(isExecutable);
}

/** The project's own folder in the user's cache: `$XDG_CACHE_HOME/heterodyne`, else under ~/.cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'heterodyne');
}

function executableName(): string {
  return process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
