import {InferenceError} from '../errors.js';
import {formatCount} from './format-count.js';
import {type NetworkIndex, operationAt} from './network-index.js';

const operationsShownMax = 50;
const devicesShownMax = 8;
const reasonCharactersMax = 200;

/** An operation and why each device refused it. */
export interface RefusedOperation {
  readonly operation: number;
  readonly refusals: readonly string[];
}

/** UNSUPPORTED_OPERATIONS, naming the operations with every device's reason, in bounded text. */
export function unsupportedOperations(
  index: NetworkIndex,
  refused: readonly RefusedOperation[],
): InferenceError {
  const shown = refused.slice(0, operationsShownMax).map(({operation, refusals}) => {
    const {name, type} = operationAt(index, operation);
    return `'${name}' (${type}): ${listRefusals(refusals)}`;
  });
  const rest = refused.length - shown.length;
  const [first] = refused;
  return new InferenceError(
    'UNSUPPORTED_OPERATIONS',
    `expected a device for every operation of network '${index.graph.name}', given none for ` +
      `${refused.length} of ${index.graph.operations.length}:\n  ${shown.join('\n  ')}` +
      (rest > 0 ? `\n  and ${rest} more` : ''),
    first === undefined ? {} : {operation: operationAt(index, first.operation).name},
  );
}

/** `WASM: no kernel`, the device and its reason, shortened. */
export function formatRefusal(device: string, reason: string): string {
  const short = reason.length > reasonCharactersMax;
  return `${device}: ${short ? `${reason.slice(0, reasonCharactersMax)}…` : reason}`;
}

function listRefusals(refusals: readonly string[]): string {
  const rest = refusals.length - devicesShownMax;
  const shown = refusals.slice(0, devicesShownMax).join('; ');
  return rest > 0 ? `${shown}; and ${formatCount(rest, 'more device')}` : shown;
}
