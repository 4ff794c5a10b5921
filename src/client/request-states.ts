import type {SubmittedState} from '../../actors/client-request.js';
import type {Way} from '../../actors/route-table.js';
import {copyTensor} from '../../schemas/copy-tensor.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {Tensor} from '../tensor.js';
import type {DeclaredState} from './declared-state.js';
import type {ExecutableNetwork} from './executable-network.js';
import type {InferenceOutcome} from './session.js';

/** One state of an infer request. While the request runs, all but `name` throw BUSY or CANCELLED. */
export interface VariableState {
  /** The network input that it is. */
  readonly name: string;
  /**
   * A copy of what the next run goes on from, fetched from its device. Rejects with STATE_LOST,
   * DEVICE_LOST or DEADLINE_EXCEEDED.
   */
  getState(): Promise<Tensor>;
  /** Throws TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. */
  setState(tensor: TensorData): void;
  /** Back to what it was at first. */
  reset(): void;
}

const readTimeoutMs = 30_000;

/** A run's share of the states: what it sends, and what it says of itself. */
export interface StatefulRun {
  readonly tensors: NamedTensors;
  readonly state?: SubmittedState;
}

/**
 * The states of one infer request. They are where its last run was; a state that was set, or is new,
 * is here until a run has taken it there. A run that fails leaves all as they were.
 */
export class RequestStates {
  readonly #network: ExecutableNetwork;
  readonly #declared: readonly DeclaredState[];
  readonly #checkIdle: () => void;
  readonly #pending = new Map<string, Tensor>();
  /** Undefined until the first run. */
  #session: number | undefined;
  #step = 0;
  #way: Way | undefined;

  /** `checkIdle` throws if the request runs. */
  constructor(network: ExecutableNetwork, checkIdle: () => void) {
    this.#network = network;
    this.#declared = network.states;
    this.#checkIdle = checkIdle;
    this.reset();
  }

  list(): readonly VariableState[] {
    return this.#declared.map(declared => this.#variable(declared));
  }

  /** All states are what they were at first, wherever the next run will be. */
  reset(): void {
    if (this.#session !== undefined && this.#way !== undefined) {
      this.#network.session.forgetState(this.#session, this.#way);
    }
    this.#session = undefined;
    this.#step = 0;
    this.#way = undefined;
    for (const {input, initial} of this.#declared) this.#pending.set(input, initial);
  }

  /** What a run with `inputs` sends. */
  begin(inputs: NamedTensors): StatefulRun {
    if (this.#declared.length === 0) return {tensors: new Map(inputs)};
    // Nothing of what is on the device is wanted: the run may go anywhere.
    if (this.#way !== undefined && this.#pending.size === this.#declared.length) {
      const pending = [...this.#pending];
      this.reset();
      for (const [name, tensor] of pending) this.#pending.set(name, tensor);
    }
    this.#session ??= this.#network.session.newState();
    return {
      tensors: new Map([...inputs, ...this.#pending]),
      state: this.#ref(this.#session, false),
    };
  }

  /** To be told of every run that went well. */
  ended({way}: InferenceOutcome): void {
    if (way === undefined) return;
    this.#pending.clear();
    this.#step++;
    this.#way = way;
  }

  #ref(session: number, read: boolean): SubmittedState {
    return {session, step: this.#step, way: this.#way, read};
  }

  #variable({input: name, initial}: DeclaredState): VariableState {
    return {
      name,
      getState: async () => {
        this.#checkIdle();
        const pending = this.#pending.get(name);
        return copyOf(name, pending ?? (await this.#read(name)));
      },
      setState: tensor => {
        this.#checkIdle();
        this.#pending.set(name, this.#network.checkedState(name, tensor));
      },
      reset: () => {
        this.#checkIdle();
        this.#pending.set(name, initial);
      },
    };
  }

  async #read(name: string): Promise<TensorData> {
    const session = this.#session ?? this.#network.session.newState();
    const options = {timeoutMs: readTimeoutMs, profile: false, state: this.#ref(session, true)};
    const {outcome} = this.#network.submit(new Map(), options);
    const tensor = (await outcome).outputs.get(name);
    if (tensor === undefined) throw new InferenceError('STATE_LOST', `${name} was not kept`);
    return tensor;
  }
}

/** In one process, what is kept is what was read: it is the user's to change only as a copy. */
function copyOf(name: string, tensor: TensorData): Tensor {
  return Tensor.from(copyTensor(tensor), name);
}
