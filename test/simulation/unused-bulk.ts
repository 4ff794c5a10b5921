import {invariant} from '../../src/errors.js';
import type {BulkStore} from '../../src/ports/bulk-store.js';

/** Networks lie on the shelf, and records of deployments are small: nothing else needs the store. */
export const unusedBulk: BulkStore = {
  put: refuse,
  has: refuse,
  get: refuse,
  file: refuse,
  close: async () => {},
};

function refuse(): never {
  invariant(false, 'the bulk store is not simulated');
}
