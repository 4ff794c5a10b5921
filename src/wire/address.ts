import {InferenceError} from '../errors.js';
import type {Address} from '../ports/transport.js';

const addressBytesMax = 256;
const pattern = /^[!-)+-\-/-=?-~]+(\.[!-)+-\-/-=?-~]+)*$/;
const broadcastPrefix = 'all.';

/**
 * Printable ASCII in parts between single dots, without blanks, `*` and `>`: a NATS subject's rules.
 * A leading `_` is for the transport's own subjects.
 */
export function isAddress(address: string): boolean {
  return address.length <= addressBytesMax && !address.startsWith('_') && pattern.test(address);
}

export function checkAddress(address: string): void {
  if (isAddress(address)) return;
  const given = JSON.stringify(address.slice(0, addressBytesMax));
  const message =
    `Expected an address of at most ${addressBytesMax} printable characters in parts between dots,` +
    ` without blanks, '*', '>' and a leading '_', given ${given}.`;
  throw new InferenceError('INVALID_ARGUMENT', message);
}

/** Frames to an address under `all.` reach listeners in every process; others stop at the nearest. */
export function isBroadcast(address: Address): boolean {
  return address.startsWith(broadcastPrefix);
}
