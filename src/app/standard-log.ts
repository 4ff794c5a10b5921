import {pino} from 'pino';
import type {Log, LogLevel} from '../ports/log.js';

/** A structured log on stderr: one JSON object a line. */
export function standardLog(level: LogLevel, base: Readonly<Record<string, unknown>>): Log {
  const logger = pino({level, base}, pino.destination({fd: 2, sync: true}));
  return {write: (at, message, fields) => logger[at](fields ?? {}, message)};
}
