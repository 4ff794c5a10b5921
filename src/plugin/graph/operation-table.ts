import {nearestName} from '../../nearest-name.js';
import {type Claim, opsetMax} from './claim.js';
import {unsupported} from './unsupported.js';

/** Every operation that a plugin runs. */
export class OperationTable {
  readonly claims: readonly Claim[];
  readonly #byType = new Map<string, Claim[]>();

  constructor(claims: readonly Claim[]) {
    this.claims = claims;
    for (const claim of claims) {
      const versions = this.#byType.get(claim.type);
      if (versions === undefined) this.#byType.set(claim.type, [claim]);
      else versions.push(claim);
    }
  }

  /** How an operation is run in this version of ONNX's operator set; throws `unsupported`. */
  find(type: string, opset: number): Claim {
    const versions = this.#byType.get(type);
    if (versions === undefined) {
      const nearest = nearestName(type, this.#byType.keys());
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      throw unsupported(`there is no kernel for ${type}${hint}`);
    }
    const claim = versions.find(({since, until}) => opset >= since && opset <= until);
    if (claim !== undefined) return claim;
    const least = Math.min(...versions.map(({since}) => since));
    const expected = `an operator set from ${least} to ${opsetMax}`;
    throw unsupported(`${type}: expected ${expected}, given ${opset}`);
  }
}
