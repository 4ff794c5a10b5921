import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';

/** A span as `spans-to-files` writes it. */
export interface WrittenSpan {
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** Of the process that made it. */
  readonly pid: number;
}

/** What all processes have written so far, by when it began. */
export async function writtenSpans(folder: string): Promise<readonly WrittenSpan[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')));
  const lines = texts.flatMap(text => text.split('\n').filter(line => line !== ''));
  return lines
    .map((line): WrittenSpan => JSON.parse(line))
    .toSorted((a, b) => a.startMs - b.startMs);
}
