import {z} from 'zod';
import type {DeploymentTask} from '../../actors/deployment-task.js';
import {type DeploymentRecord, deploymentRecordSchema} from '../../schemas/deployment.js';
import {safelyParsed} from '../../schemas/safely-parsed.js';
import {InferenceError} from '../errors.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {StateStore, Stored} from '../ports/state-store.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {packMessage, unpackMessage} from '../wire/message-codec.js';

const prefix = 'deployment.';
/** Records of more bytes go to the bulk store: a state store's values are messages, and bounded. */
const inlineBytesMax = 64 * 1024;
/** Two leaders may write at the same time, for a moment. */
const attemptsMax = 3;

/** A record, or where it lies, and the term of the leader that wrote it. */
const entrySchema = z.object({
  term: z.int().nonnegative(),
  record: z.unknown().optional(),
  digest: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;

/**
 * Keeps the coordinator's records of deployments in the state store. Whoever leads takes over all that
 * there are: from then on a leader of an earlier term, which may not know yet that it leads no more,
 * writes none of them.
 */
export class DeploymentLog implements TaskExecutor<DeploymentTask> {
  readonly slots = Number.POSITIVE_INFINITY;
  readonly #state: StateStore;
  readonly #bulk: BulkStore;
  #term = 0;
  /** For each record that is being written, the end of what was given last. */
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(state: StateStore, bulk: BulkStore) {
    this.#state = state;
    this.#bulk = bulk;
  }

  /** It writes for a leader of this term from now on. */
  lead(term: number): void {
    this.#term = term;
  }

  /** Rejects with STORE_UNAVAILABLE, or NO_COORDINATOR where another one leads. */
  async run(task: DeploymentTask): Promise<readonly DeploymentRecord[] | null> {
    // What was begun in one term must not be written in another: somebody else led in between.
    const term = this.#term;
    switch (task.kind) {
      case 'save':
        await this.#inTurn(task.record.id, () => this.#save(task.record, term));
        return null;
      case 'delete':
        await this.#inTurn(task.id, () => this.#delete(`${prefix}${task.id}`, term));
        return null;
      case 'list':
        return this.#list(term);
    }
  }

  async close(): Promise<void> {}

  /** What is given first is written first. */
  async #inTurn(id: string, write: () => Promise<void>): Promise<void> {
    const turn = (this.#writing.get(id) ?? Promise.resolve()).then(write);
    const end = turn.catch(() => {});
    this.#writing.set(id, end);
    try {
      await turn;
    } finally {
      if (this.#writing.get(id) === end) this.#writing.delete(id);
    }
  }

  async #save(record: DeploymentRecord, term: number): Promise<void> {
    const bytes = packMessage(record);
    const content =
      bytes.byteLength <= inlineBytesMax
        ? {record}
        : {digest: (await this.#bulk.put(bytes)).digest};
    await this.#write(`${prefix}${record.id}`, term, () => content);
  }

  async #delete(key: string, term: number): Promise<void> {
    checkTerm(entryOf(await this.#state.get(key)), term);
    await this.#state.delete(key);
  }

  /** A record that cannot be read is as good as none. */
  async #list(term: number): Promise<readonly DeploymentRecord[]> {
    const keys = await this.#state.keys(prefix);
    const records = await Promise.all(keys.map(key => this.#takeOver(key, term)));
    return records.flatMap(record => record ?? []);
  }

  async #takeOver(key: string, term: number): Promise<DeploymentRecord | undefined> {
    const entry = await this.#write(key, term, stored => {
      return stored === undefined || stored.term === term ? undefined : stored;
    });
    if (entry === undefined) return undefined;
    const {digest, record} = entry;
    const parsed = safelyParsed(
      deploymentRecordSchema,
      digest === undefined ? record : await this.#fetch(digest),
    );
    return parsed.success ? parsed.data : undefined;
  }

  /**
   * Writes what `next` makes of what is there, unless that is undefined; settles with what is there
   * then.
   */
  async #write(
    key: string,
    term: number,
    next: (stored: Entry | undefined) => Omit<Entry, 'term'> | undefined,
  ): Promise<Entry | undefined> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const stored = await this.#state.get(key);
      const entry = entryOf(stored);
      checkTerm(entry, term);
      const content = next(entry);
      if (content === undefined) return entry;
      const written = {...content, term};
      if ((await this.#state.put(key, written, stored?.revision ?? 0)) !== undefined) {
        return written;
      }
    }
    throw new InferenceError('STORE_UNAVAILABLE', `others write ${key} all the time`);
  }

  async #fetch(digest: string): Promise<unknown> {
    try {
      return unpackMessage(await this.#bulk.get(digest));
    } catch (error) {
      if (InferenceError.from(error).code === 'STORE_UNAVAILABLE') throw error;
      return undefined;
    }
  }
}

function checkTerm(entry: Entry | undefined, term: number): void {
  if (entry === undefined || entry.term <= term) return;
  throw new InferenceError('NO_COORDINATOR', 'this coordinator leads no more');
}

function entryOf(stored: Stored | undefined): Entry | undefined {
  return stored === undefined ? undefined : entrySchema.safeParse(stored.value).data;
}
