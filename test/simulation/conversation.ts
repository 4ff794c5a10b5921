import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import type {ExecutableNetwork} from '../../src/client/executable-network.js';
import type {InferRequest} from '../../src/client/infer-request.js';
import {InferenceError} from '../../src/errors.js';
import type {ClientLoad} from './client-load.js';
import type {Cluster} from './cluster.js';
import {sameValue} from './network-shelf.js';
import type {ClientPlan} from './scenario.js';
import type {SimulatedProcess} from './simulated-process.js';

/** How often a conversation looks at its states, sets one, or begins anew. */
const readOften = 0.1;
const setOften = 0.03;
const resetOften = 0.03;
const cancelMsMax = 100;

export interface ConversationOptions {
  readonly name: string;
  readonly plan: ClientPlan;
  readonly load: ClientLoad;
  readonly cluster: Cluster;
  readonly process: SimulatedProcess;
  readonly network: ExecutableNetwork;
  /** What the request that is about to be submitted is to give. */
  expect(expected: NamedTensors): void;
}

/**
 * An infer request with states, used again and again: each inference goes on from the states before,
 * whatever became of those that failed.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #request: InferRequest;
  /** What the last inference that went well has left on its devices, by input. */
  #left: NamedTensors = new Map();
  /** What the next inference takes instead. */
  readonly #set = new Map<string, TensorData>();
  #said = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#request = options.network.createInferRequest();
    this.#reset();
  }

  /** For as long as `goesOn`. */
  async hold(goesOn: () => boolean): Promise<void> {
    const {plan, cluster, process} = this.#options;
    const {random} = process;
    for (;;) {
      await process.delay(plan.everyMs * cluster.pace * 2 * random.next());
      if (!goesOn()) return;
      if (random.chance(readOften)) await this.#read();
      else if (random.chance(setOften)) this.#replace();
      else if (random.chance(resetOften)) this.#reset();
      else await this.#infer();
    }
  }

  get #states(): NamedTensors {
    return new Map([...this.#left, ...this.#set]);
  }

  async #infer(): Promise<void> {
    const {plan, load, cluster, process, expect} = this.#options;
    const {random} = process;
    const {timeoutMs, cancelled = 0} = plan;
    const x = cluster.shelf.input(load.network, `x of ${this.#options.name}/${this.#said++}`);
    const made = load.compute(new Map([['x', x], ...this.#states]));
    const kept = new Set(load.states.map(({output}) => output));
    expect(new Map([...made].filter(([name]) => !kept.has(name))));
    const inferred = this.#request.infer({x}, {timeoutMs});
    if (random.chance(cancelled)) {
      process.world.timers.after(random.next() * cancelMsMax, () => this.#request.cancel());
    }
    if (!(await this.#succeeds(inferred))) return;
    this.#set.clear();
    const left = load.states.map(({input, output}) => [input, made.get(output)] as const);
    this.#left = new Map(
      left.filter((entry): entry is [string, TensorData] => entry[1] !== undefined),
    );
  }

  /** Where states were lost it begins anew; any other failure leaves them as they were. */
  async #succeeds(run: Promise<unknown>): Promise<boolean> {
    try {
      await run;
      return true;
    } catch (error) {
      if (InferenceError.from(error).code === 'STATE_LOST') this.#reset();
      return false;
    }
  }

  async #read(): Promise<void> {
    const {cluster, process, expect, name} = this.#options;
    const {world} = cluster;
    const state = process.random.pick(this.#request.queryState());
    expect(this.#left);
    const reading = state.getState();
    if (!(await this.#succeeds(reading))) return;
    world.reached.note('states were read');
    if (sameValue(await reading, this.#states.get(state.name))) return;
    world.broken.report('every inference goes on from the states before it', `${name} was told so`);
  }

  #replace(): void {
    const {cluster, load, process, name} = this.#options;
    const state = process.random.pick(this.#request.queryState());
    const value = cluster.shelf.input(load.network, `state of ${name}/${this.#said++}`);
    state.setState(value);
    this.#set.set(state.name, value);
  }

  #reset(): void {
    this.#request.resetState();
    this.#left = new Map();
    for (const {input, initial} of this.#options.load.states) this.#set.set(input, initial);
  }
}
