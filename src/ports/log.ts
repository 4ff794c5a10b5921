export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A structured log. `fields` never hold secrets or tensors. */
export interface Log {
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const silentLog: Log = {write: () => {}};
