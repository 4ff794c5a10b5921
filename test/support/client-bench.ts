import type {ClientOrder} from '../../actors/client-order.js';
import type {Submission} from '../../actors/client-request.js';
import type {Deployment} from '../../schemas/deployment.js';
import type {TensorData} from '../../schemas/tensor.js';
import {ExecutableNetwork} from '../../src/client/executable-network.js';
import {Session} from '../../src/client/session.js';
import {type ErrorCode, InferenceError} from '../../src/errors.js';
import type {Question} from '../../src/kernel/asks.js';
import {singleStage} from './stage-graphs.js';
import {VirtualTime} from './virtual-time.js';

/** The library over a session whose actor is the test: it sees every order and ends each. */
export class ClientBench {
  readonly time = new VirtualTime();
  readonly orders: ClientOrder[] = [];
  /** False: the actor has ended. */
  open = true;
  readonly session = new Session({
    clock: this.time,
    timers: this.time,
    tell: order => {
      this.orders.push(order);
      return this.open;
    },
  });

  load(deployment: Deployment): ExecutableNetwork {
    return new ExecutableNetwork(this.session, deployment, {
      exported: async () => new Uint8Array(),
      released: () => {},
    });
  }

  get submissions(): readonly Submission[] {
    return this.orders.flatMap(order => (order.kind === 'submit' ? [order.submission] : []));
  }

  /** Ids of the requests that were cancelled. */
  get cancelled(): readonly number[] {
    return this.orders.flatMap(order => (order.kind === 'cancel' ? [order.request] : []));
  }

  get questions(): readonly {readonly ask: number; readonly question: Question}[] {
    return this.orders.flatMap(order => (order.kind === 'ask' ? [order] : []));
  }

  /** Ends a request, the last one unless told. */
  done(
    outputs: Readonly<Record<string, TensorData>>,
    request: number = this.submissions.length - 1,
  ): void {
    const named = new Map(Object.entries(outputs));
    const deployment = this.submissions[request]?.deployment ?? singleStage();
    const [variant] = deployment.variants;
    if (variant === undefined) throw new RangeError('a deployment has a variant');
    const through = {deployment: deployment.id, variant, route: [0]};
    const rest = {outputs: named, timings: [], attempts: 1, through};
    this.session.onEvent({kind: 'done', request, ...rest});
  }

  fail(code: ErrorCode, request: number = this.submissions.length - 1): void {
    const error = new InferenceError(code, `it was ${code}`);
    this.session.onEvent({kind: 'failed', request, error});
  }

  /** Answers a question, the last one unless told. */
  answer(value: unknown, ask: number = this.questions.length - 1): void {
    this.session.onEvent({kind: 'answered', ask, outcome: {ok: true, value}});
  }

  refuse(code: ErrorCode, ask: number = this.questions.length - 1): void {
    const error = new InferenceError(code, `it was ${code}`);
    this.session.onEvent({kind: 'answered', ask, outcome: {ok: false, error}});
  }

  /** Until every promise that was ready has been followed. */
  async settle(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
  }
}
