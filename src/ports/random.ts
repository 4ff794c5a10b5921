/** The only source of chance; ids come from it too. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An id of 22 characters out of [0-9A-Za-z], unlikely to be drawn twice. */
  id(): string;
}
