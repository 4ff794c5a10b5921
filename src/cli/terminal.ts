/** What the command may use of the place that its output goes to. */
export interface Terminal {
  readonly isTty: boolean;
  readonly columns: number;
  readonly colour: boolean;
  /** Characters beyond ASCII are shown. */
  readonly unicode: boolean;
}

/** What is read of `process.stdout` or `process.stderr`. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const columnsDefault = 80;

/**
 * Colours only on a terminal that is not dumb, and never where NO_COLOR is set to anything
 * (no-color.org). Unicode where the locale's encoding is UTF-8, or on Windows' own terminal.
 */
export function describeTerminal(stream: OutputStream, environment: Environment): Terminal {
  const isTty = stream.isTTY === true;
  const dumb = environment['TERM'] === 'dumb';
  return {
    isTty,
    columns: stream.columns || columnsDefault,
    colour: isTty && !dumb && !environment['NO_COLOR'],
    unicode: !dumb && showsUnicode(environment),
  };
}

function showsUnicode(environment: Environment): boolean {
  if (environment['WT_SESSION']) return true;
  // The first that is set and not empty holds (POSIX, 8.2).
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}
