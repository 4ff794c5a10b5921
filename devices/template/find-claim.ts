import {nearestName} from '../../src/nearest-name.js';
import {type Claim, opsetMax} from './claim.js';
import {operationTable} from './operation-table.js';
import {unsupported} from './unsupported.js';

const claims = new Map<string, readonly Claim[]>();
for (const claim of operationTable) {
  claims.set(claim.type, [...(claims.get(claim.type) ?? []), claim]);
}

/** How an operation is run in this version of ONNX's operator set; throws `unsupported`. */
export function findClaim(type: string, opset: number): Claim {
  const versions = claims.get(type);
  if (versions === undefined) {
    const nearest = nearestName(type, claims.keys());
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    throw unsupported(`TEMPLATE has no kernel for ${type}${hint}`);
  }
  const claim = versions.find(({since, until}) => opset >= since && opset <= until);
  if (claim !== undefined) return claim;
  const least = Math.min(...versions.map(({since}) => since));
  throw unsupported(
    `${type}: expected an operator set from ${least} to ${opsetMax}, given ${opset}`,
  );
}
