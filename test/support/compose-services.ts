import {readFileSync} from 'node:fs';
import {z} from 'zod';

/** What compose.yaml says of one service. */
export interface ComposeService {
  readonly name: string;
  readonly command: readonly string[];
  /** Null where it has none of its own. */
  readonly healthcheck: readonly string[] | null;
  /** Not part of the cluster unless asked for. */
  readonly optional: boolean;
}

const listSchema = z.array(z.string());

/**
 * The services of compose.yaml. This reads the part of YAML that the file uses for them: lists on
 * one line, and anchors for health checks. It throws where it finds something else.
 */
export function composeServices(): readonly ComposeService[] {
  const text = readFileSync(new URL('../../../compose.yaml', import.meta.url), 'utf8');
  const section = /^services:\n(.*?)^\S/ms.exec(text)?.[1] ?? '';
  const blocks = section.split(/^ {2}(?=[\w-]+:$)/m).slice(1);
  const anchored = new Map<string, readonly string[]>();
  return blocks.map(block => {
    const name = block.slice(0, block.indexOf(':'));
    const healthcheck = healthcheckOf(block, anchored);
    const optional = /^ {4}profiles:/m.test(block);
    return {name, command: listAt(block, / {4}command: (.*)/), healthcheck, optional};
  });
}

function healthcheckOf(
  block: string,
  anchored: Map<string, readonly string[]>,
): readonly string[] | null {
  const [line, sign, anchor = ''] = /^ {4}healthcheck:(?: ([&*])(\S+))?$/m.exec(block) ?? [];
  if (line === undefined) return null;
  const test = sign === '*' ? anchored.get(anchor) : listAt(block, /^ {6}test: (.*)$/m);
  if (test === undefined) throw new Error(`compose.yaml: there is no health check ${anchor}`);
  if (sign === '&') anchored.set(anchor, test);
  return test;
}

function listAt(block: string, line: RegExp): readonly string[] {
  const list = line.exec(block)?.[1];
  if (list === undefined) throw new Error(`compose.yaml: expected ${line} in:\n${block}`);
  return listSchema.parse(JSON.parse(list));
}
