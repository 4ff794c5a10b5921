/** Hard cases that a run came to: the *sometimes* properties, over many seeds. */
export class Reached {
  readonly counts = new Map<string, number>();

  note(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}
