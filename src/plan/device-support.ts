import type {OperationSupport} from '../../schemas/device.js';
import type {OperationRoles} from './constants.js';
import {type NetworkIndex, operationAt} from './network-index.js';

/** A device and its answer to the query. */
export interface Candidate {
  readonly device: string;
  readonly support: readonly OperationSupport[];
}

/** What a device takes, the constants that an operation needs counted in. */
export class DeviceSupport {
  readonly device: string;
  readonly #index: NetworkIndex;
  readonly #support: readonly OperationSupport[];
  /** By name, for answers that are not in the network's order. */
  #byName: ReadonlyMap<string, OperationSupport> | undefined;
  /** For each constant operation, why it or one it depends on cannot be made again there. */
  readonly #constants: readonly (string | undefined)[];

  constructor(candidate: Candidate, index: NetworkIndex, roles: OperationRoles) {
    this.device = candidate.device;
    this.#index = index;
    this.#support = candidate.support;
    const constants: (string | undefined)[] = [];
    roles.constant.forEach((constant, at) => {
      constants.push(constant ? this.#constantRefusal(at, constants) : undefined);
    });
    this.#constants = constants;
  }

  /** Why the device does not take an operation; undefined if it does. */
  refusal(operation: number): string | undefined {
    return this.#ownRefusal(operation) ?? this.#sourceRefusal(operation, this.#constants);
  }

  takes(operations: readonly number[]): boolean {
    return operations.every(operation => this.refusal(operation) === undefined);
  }

  #constantRefusal(at: number, earlier: readonly (string | undefined)[]): string | undefined {
    const own = this.#ownRefusal(at);
    if (own === undefined) return this.#sourceRefusal(at, earlier);
    return `its constant '${operationAt(this.#index, at).name}': ${own}`;
  }

  #ownRefusal(operation: number): string | undefined {
    const support = this.#supportOf(operation);
    if (support === undefined) return 'the device gave no answer for it';
    return support.supported ? undefined : support.reason;
  }

  #supportOf(operation: number): OperationSupport | undefined {
    const {name} = operationAt(this.#index, operation);
    const inOrder = this.#support[operation];
    if (inOrder?.name === name) return inOrder;
    this.#byName ??= new Map(this.#support.map(support => [support.name, support]));
    return this.#byName.get(name);
  }

  #sourceRefusal(
    operation: number,
    constants: readonly (string | undefined)[],
  ): string | undefined {
    for (const source of this.#index.sources[operation] ?? []) {
      const refusal = constants[source];
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}
