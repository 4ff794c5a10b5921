/** Seeds that once failed, by scenario, and what was wrong then. */
export const corpus: Readonly<Record<string, readonly {seed: number; was: string}[]>> = {};
