import {stagePlace} from '../schemas/addresses.js';
import type {InferenceError} from '../src/errors.js';
import type {LogEffect} from '../src/kernel/behaviour.js';
import type {Attempt} from './gathering.js';

export interface StageJournalOptions {
  readonly address: string;
  readonly name: string;
  readonly device: string;
}

/**
 * What a stage logs of the attempts that fail there, by their ids. Of several in a row that fail with
 * one code, the first is a warning: a broken kernel must not fill a disk.
 */
export class StageJournal {
  readonly #fields: Readonly<Record<string, unknown>>;
  #lastCode: string | undefined;

  constructor({address, name: stage, device}: StageJournalOptions) {
    this.#fields = {...stagePlace(address), stage, device};
  }

  failed({client, request, attempt}: Attempt, {code, message: reason}: InferenceError): LogEffect {
    const level = this.#lastCode === code ? 'debug' : 'warn';
    this.#lastCode = code;
    const fields = {...this.#fields, client, request, attempt, code, reason};
    return {do: 'log', level, message: 'an attempt failed', fields};
  }

  executed(): void {
    this.#lastCode = undefined;
  }
}
