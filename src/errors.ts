import {type ErrorCode, type ErrorPlace, errorCodes, type WireError} from '../schemas/errors.js';

export type {ErrorCode, ErrorPlace} from '../schemas/errors.js';

const brand = Symbol.for('heterodyne.InferenceError');

/**
 * Every operating error that a user can meet. `code` is from a closed set; `retryable` says whether
 * the same call may succeed later; `stage`, `device` and `operation` say where it happened.
 *
 * `instanceof` holds across copies of this module and across worker threads' realms.
 */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.place = place;
    Object.defineProperty(this, brand, {value: true});
  }

  get retryable(): boolean {
    return errorCodes[this.code];
  }

  get stage(): string | undefined {
    return this.place.stage;
  }

  get device(): string | undefined {
    return this.place.device;
  }

  get operation(): string | undefined {
    return this.place.operation;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** The same error with more known about where it happened; what is known already stays. */
  at(place: ErrorPlace): InferenceError {
    return new InferenceError(this.code, this.message, {...place, ...this.place}, {cause: this});
  }

  toWire(): WireError {
    return {code: this.code, message: this.message, place: this.place};
  }

  static fromWire(error: WireError): InferenceError {
    return new InferenceError(error.code, error.message, error.place);
  }

  /** Any thrown value as an InferenceError; what is none already becomes one with `code`. */
  static from(error: unknown, code: ErrorCode = 'INTERNAL'): InferenceError {
    if (error instanceof InferenceError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new InferenceError(code, message, {}, {cause: error});
  }
}

/** A bounded queue is full; whoever cannot measure when there will be room again guesses. */
export function queueFull(message: string, retryAfterMs: number): InferenceError {
  return new InferenceError('QUEUE_FULL', message, {retryAfterMs});
}

/** A programmer's error: never caught, never shown as an operating error. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${JSON.stringify(value)}`);
}
