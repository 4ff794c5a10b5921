import type {OperationSupport} from '../../schemas/device.js';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import {invariant} from '../errors.js';

/** A device and its answer to the query. */
export interface Candidate {
  readonly device: string;
  readonly support: readonly OperationSupport[];
}

/** Where every operation that belongs to one stage goes, and why. */
export interface Assignment {
  /** Operation to device. */
  readonly affinity: ReadonlyMap<string, string>;
  /** Operation to the reason. */
  readonly reasons: ReadonlyMap<string, string>;
}

export interface AffinityRequest {
  readonly graph: NetworkGraph;
  /** In priority order; the last is the fallback. */
  readonly candidates: readonly Candidate[];
  /** Operation to device, all or nothing. */
  readonly affinity?: ReadonlyMap<string, string>;
}

export function assignByFallback(_request: AffinityRequest): Assignment {
  invariant(false, 'not yet');
}
