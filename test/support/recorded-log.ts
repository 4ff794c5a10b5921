import type {Log} from '../../src/ports/log.js';

export interface RecordedLog extends Log {
  /** Messages, in the order in which they came. */
  readonly messages: readonly string[];
}

/** A log that remembers what it was told. */
export function recordedLog(): RecordedLog {
  const messages: string[] = [];
  return {messages, write: (_level, message) => void messages.push(message)};
}
