/** What happened, line by line: kept where somebody wants to read it, and summed up always. */
export class Trace {
  readonly lines: string[] = [];
  readonly #now: () => number;
  readonly #keeps: boolean;
  #sum = 0x811c9dc5;
  #noted = 0;

  constructor(now: () => number, keeps: boolean) {
    this.#now = now;
    this.#keeps = keeps;
  }

  note(who: string, what: string): void {
    const line = `${this.#now().toFixed(3)} ${who}: ${what}`;
    this.#noted += 1;
    for (let at = 0; at < line.length; at++) {
      this.#sum = Math.imul(this.#sum ^ line.charCodeAt(at), 0x01000193);
    }
    if (this.#keeps) this.lines.push(line);
  }

  /** The same for equal traces: how many lines, and FNV-1a over all of them. */
  get digest(): string {
    return `${this.#noted}-${(this.#sum >>> 0).toString(16).padStart(8, '0')}`;
  }
}
