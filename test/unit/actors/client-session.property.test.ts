import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import type {ClientEvent} from '../../../actors/client-event.js';
import type {Deployment} from '../../../schemas/deployment.js';
import type {StageCounters} from '../../../schemas/performance-counters.js';
import {type Priority, priorities} from '../../../schemas/priority.js';
import {clientIndex, type Edge} from '../../../schemas/stage-graph.js';
import {type ErrorCode, InferenceError} from '../../../src/errors.js';
import type {TransportStatus} from '../../../src/ports/transport.js';
import {isInfer, kindOf, type SentInfer, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {
  chain,
  diamondWithSkip,
  echo,
  echoAlone,
  replicatedChain,
  singleStage,
  stageGraphOf,
  twoOutputs,
  twoReplicas,
} from '../../support/stage-graphs.js';

const builders = [
  singleStage,
  chain,
  diamondWithSkip,
  twoReplicas,
  replicatedChain,
  echo,
  echoAlone,
  twoOutputs,
];
const deployments = builders.map((build, index): Deployment => ({...build(), id: `D${index}`}));
const codes: readonly ErrorCode[] = [
  'STAGE_FAILED',
  'QUEUE_FULL',
  'DEVICE_LOST',
  'CONNECTION_LOST',
  'INVALID_FRAME',
];

/** Everything that may happen to a session; `of` picks one of the frames or requests so far. */
type Happening =
  | {
      readonly kind: 'submit';
      readonly deployment: number;
      readonly timeoutMs: number;
      readonly profile: boolean;
      readonly priority?: Priority;
    }
  | {readonly kind: 'advance'; readonly ms: number}
  | {readonly kind: 'answer'; readonly of: number; readonly stage: number}
  | {readonly kind: 'serve'; readonly of: number}
  | {readonly kind: 'fail'; readonly of: number; readonly stage: number; readonly code: ErrorCode}
  | {readonly kind: 'loseStage'; readonly of: number; readonly stage: number}
  | {readonly kind: 'lose' | 'unsent' | 'cancel' | 'present' | 'absent'; readonly of: number}
  | {readonly kind: 'connection'; readonly status: TransportStatus}
  | {readonly kind: 'release'; readonly deployment: number};

const of = fc.nat(1000);
const stage = fc.nat(4);
const deployment = fc.nat(deployments.length - 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      deployment,
      timeoutMs: fc.constantFrom(1, 50, 700, 5000, 20_000),
      profile: fc.boolean(),
      priority: fc.constantFrom(...priorities),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 10, 100, 800, 4000),
    }),
  },
  {weight: 4, arbitrary: fc.record({kind: fc.constant('answer' as const), of, stage})},
  {weight: 4, arbitrary: fc.record({kind: fc.constant('serve' as const), of})},
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      of,
      stage,
      code: fc.constantFrom(...codes),
    }),
  },
  {weight: 2, arbitrary: fc.record({kind: fc.constant('loseStage' as const), of, stage})},
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('lose' as const, 'unsent', 'cancel', 'present', 'absent'),
      of,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('connection' as const),
      status: fc.constantFrom('connected' as const, 'disconnected'),
    }),
  },
  {weight: 1, arbitrary: fc.record({kind: fc.constant('release' as const), deployment})},
);

const inFlightMax = 3;
const queuedMax = 5;
const timeoutMsMax = 20_000;

interface Submitted {
  readonly deployment: Deployment;
  readonly deadlineAt: number;
  readonly profile: boolean;
}

/** A session under test, all that it was given and all that it sent. */
class Trial {
  readonly session = new SessionBench({inFlightMax, queuedMax, keepMs: 1e9});
  readonly submitted: Submitted[] = [];
  readonly frames: SentInfer[] = [];
  /** Tokens of the questions whether a replica is there. */
  readonly #presence: string[] = [];

  happen(event: Happening): void {
    this.#happen(event);
    for (const sent of this.session.sent()) {
      if (isInfer(sent)) this.frames.push(sent);
      if (kindOf(sent) === 'stats') this.#presence.push(sent.token ?? '');
    }
  }

  #happen(event: Happening): void {
    const {session} = this;
    switch (event.kind) {
      case 'submit':
        this.#submit(deployments[event.deployment] as Deployment, event);
        break;
      case 'advance':
        session.advance(event.ms);
        break;
      case 'connection':
        session.order({kind: 'connection', status: event.status});
        break;
      case 'release':
        session.order({
          kind: 'released',
          deployment: deployments[event.deployment] as Deployment,
        });
        break;
      case 'cancel':
        session.cancel(event.of % (this.submitted.length + 1));
        break;
      case 'present':
      case 'absent':
        this.#answerPresence(event.kind, event.of);
        break;
      default:
        this.#happenTo(event);
    }
  }

  #happenTo(event: Extract<Happening, {of: number}>): void {
    const frame = this.frames[event.of % Math.max(this.frames.length, 1)];
    if (frame === undefined) return;
    const {message, token = ''} = frame;
    switch (event.kind) {
      case 'answer':
        this.#output(frame, event.stage);
        break;
      case 'serve':
        for (const index of this.#senders(frame)) this.#output(frame, index);
        break;
      case 'fail':
        this.session.fail(message, event.stage, event.code);
        break;
      case 'loseStage':
        this.session.fail(message, event.stage, 'DEVICE_LOST', {});
        break;
      case 'lose':
        this.session.lost(token);
        break;
      case 'unsent':
        this.session.unsent(token, new InferenceError('PAYLOAD_TOO_LARGE', 'too large'));
        break;
    }
  }

  #answerPresence(kind: 'present' | 'absent', of: number): void {
    const token = this.#presence[of % Math.max(this.#presence.length, 1)];
    if (token === undefined) return;
    if (kind === 'absent') this.session.lost(token);
    else this.session.receive({kind: 'reply', id: Number(token.slice(4)), ok: true, value: {}});
  }

  #submit(
    to: Deployment,
    {timeoutMs, profile, priority}: Omit<Extract<Happening, {kind: 'submit'}>, 'deployment'>,
  ): void {
    const deadlineAt = this.session.time.now() + timeoutMs;
    this.submitted.push({deployment: to, deadlineAt, profile});
    this.session.submit(to, {timeoutMs, profile, ...(priority && {priority})});
  }

  /** Stages that owe the client something for a frame's request: all of them if it is measured. */
  #senders(frame: SentInfer): readonly number[] {
    const submitted = this.submitted[frame.message.request];
    if (!submitted?.profile) return this.#edgesOf(frame).map(({from}) => from);
    return stageGraphOf(submitted.deployment).stages.map(({index}) => index);
  }

  #edgesOf({message}: SentInfer): readonly Edge[] {
    const deployment = this.submitted[message.request]?.deployment;
    const edges = deployment === undefined ? [] : stageGraphOf(deployment).edges;
    return edges.filter(({from, to}) => to === clientIndex && from !== clientIndex);
  }

  /** The tensor and the counters say of which attempt they are. */
  #output(frame: SentInfer, index: number): void {
    if (!this.#senders(frame).includes(index)) return;
    const names = this.#edgesOf(frame).flatMap(({from, input}) => (from === index ? [input] : []));
    const {attempt, profile} = frame.message;
    const tensors = Object.fromEntries(names.map(name => [name, vector(attempt)]));
    this.session.output(
      frame.message,
      index,
      tensors,
      profile ? counters(index, attempt) : undefined,
    );
  }

  /** Requests on their way: sent to a stage, and not settled. */
  inFlight(to: Deployment): number {
    const sent = new Set(this.frames.map(({message}) => message.request));
    return this.submitted.filter(
      ({deployment: used}, request) =>
        used === to && sent.has(request) && this.session.endOf(request) === undefined,
    ).length;
  }
}

/** Requests that cannot be on their way, and so wait. */
function waiting({submitted, session}: Trial): number {
  const open = deployments.map(to => {
    const mine = submitted.map(({deployment: used}, request) => used === to && request);
    return mine.filter(id => id !== false && session.endOf(id) === undefined).length;
  });
  return open.reduce((sum, count) => sum + Math.max(0, count - inFlightMax), 0);
}

function checkSettlements(t: ExecutionContext, {session, submitted}: Trial): void {
  const settled = new Set<number>();
  for (const [index, end] of session.ends.entries()) {
    if (end.kind === 'answered') throw new Error('nobody asked');
    t.false(settled.has(end.request), `request ${end.request} settled twice`);
    settled.add(end.request);
    t.true((session.eventTimes[index] ?? 0) <= (submitted[end.request]?.deadlineAt ?? -1));
    if (end.kind === 'failed') continue;
    checkCounters(t, end, submitted[end.request]);
    for (const [name, tensor] of end.outputs) {
      if (name !== 'x') t.deepEqual(tensor, vector(end.attempts), 'an output of another attempt');
    }
  }
}

function checkCounters(
  t: ExecutionContext,
  {counters: told, attempts}: ClientEvent & {readonly kind: 'done'},
  submitted: Submitted | undefined,
): void {
  if (!submitted?.profile) {
    t.is(told, undefined);
    return;
  }
  const stages = stageGraphOf(submitted.deployment).stages.map(({index}) => index);
  t.deepEqual(
    told?.stages.map(({stage, executeUs}) => [stage, executeUs]),
    stages.map(index => [index, attempts]),
    'counters of another attempt, or not of every stage',
  );
}

function counters(at: number, executeUs: number): StageCounters {
  const place = {stage: at, name: `stage${at}`, device: 'host-a/A'};
  const times = {queueUs: 0, transferUs: 0, measuringUs: 0, executeUs};
  return {...place, ...times, pipelineUs: {}, operations: []};
}

/** Everything has settled, nothing is left, and the session serves as it did at first. */
function checkEnd(t: ExecutionContext, trial: Trial): void {
  const {session, submitted} = trial;
  trial.happen({kind: 'connection', status: 'connected'});
  trial.happen({kind: 'advance', ms: timeoutMsMax});
  t.is(session.ends.length, submitted.length);
  trial.happen({kind: 'advance', ms: timeoutMsMax});
  t.is(session.ends.length, submitted.length);
  t.deepEqual(session.timers, []);
  const both = deployments[3] as Deployment;
  const first = trial.frames.length;
  for (let count = 0; count < inFlightMax + queuedMax; count++) {
    trial.happen({kind: 'submit', deployment: 3, timeoutMs: 1, profile: false});
  }
  t.is(session.ends.length, submitted.length - inFlightMax - queuedMax, 'none was refused');
  const [a, b] = stageGraphOf(both).stages[0]?.replicas.map(({address}) => address) ?? [];
  t.deepEqual(
    trial.frames.slice(first).map(({to}) => to),
    [a, b, a],
    'window and routes are as if nothing had happened',
  );
}

test('whatever comes, every request settles exactly once, in time, and nothing is left of it', t => {
  fc.assert(
    fc.property(fc.array(happening, {maxLength: 60, size: 'max'}), happenings => {
      const trial = new Trial();
      for (const event of happenings) {
        trial.happen(event);
        for (const each of deployments) t.true(trial.inFlight(each) <= inFlightMax);
        t.true(waiting(trial) <= queuedMax);
      }
      checkSettlements(t, trial);
      checkEnd(t, trial);
    }),
    {numRuns: 300},
  );
});

test('a request that its stages serve is done, whatever failed before', t => {
  fc.assert(
    fc.property(
      deployment.filter(index => builders[index] !== echoAlone),
      fc.array(fc.constantFrom('QUEUE_FULL' as const, 'CONNECTION_LOST'), {maxLength: 10}),
      fc.boolean(),
      (index, failures, profile) => {
        const trial = new Trial();
        trial.happen({kind: 'submit', deployment: index, timeoutMs: timeoutMsMax, profile});
        for (const code of failures) {
          trial.happen({kind: 'fail', of: trial.frames.length - 1, stage: 0, code});
          trial.happen({kind: 'advance', ms: 800});
        }
        trial.happen({kind: 'serve', of: trial.frames.length - 1});
        t.like(trial.session.endOf(0), {kind: 'done', attempts: failures.length + 1});
      },
    ),
    {numRuns: 50},
  );
});
