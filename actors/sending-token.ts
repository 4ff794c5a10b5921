/** One stage's part of one attempt of a request, as its client sends it. */
export interface Sending {
  readonly request: number;
  readonly attempt: number;
  readonly stage: number;
}

/** What a transport gives back when that did not arrive. */
export function tokenOf({request, attempt, stage}: Sending): string {
  return `${request}-${attempt}-${stage}`;
}

export function sendingOfToken(token: string): Sending {
  const [request = -1, attempt = -1, stage = -1] = token.split('-').map(Number);
  return {request, attempt, stage};
}
