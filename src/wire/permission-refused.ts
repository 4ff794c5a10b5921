import {InferenceError} from '../errors.js';

/** A user without a permission needs another identity or cluster, not another server. */
export function permissionRefused(expected: string, answer: string): InferenceError {
  const text =
    `Expected the NATS server ${expected}, for which its identity and the cluster's name have to be ` +
    `those of its permissions. It answered: ${answer}`;
  return new InferenceError('INVALID_CONFIG_VALUE', text);
}
