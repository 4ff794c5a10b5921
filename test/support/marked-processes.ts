import {randomUUID} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';

const variable = 'HETERODYNE_TEST_MARK';

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly command: string;
}

/**
 * An environment by which a process, and all that it starts, is found again, whoever its parent has
 * become; Linux only.
 */
export class MarkedProcesses {
  readonly #mark = `${variable}=${randomUUID()}`;

  get env(): Readonly<Record<string, string>> {
    return {[variable]: this.#mark.slice(variable.length + 1)};
  }

  /** Those that run now. */
  list(): readonly ProcessEntry[] {
    const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
    return pids.flatMap(pid => {
      const environment = contentOf(`/proc/${pid}/environ`);
      if (!environment.includes(this.#mark)) return [];
      const command = contentOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
      return [{pid: Number(pid), command}];
    });
  }
}

/** Empty for a process that has ended meanwhile, or is another user's. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
