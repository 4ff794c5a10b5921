import type {ClientEvent} from '../../actors/client-event.js';
import {ClientSession} from '../../actors/client-session.js';
import {clientAddress} from '../../schemas/addresses.js';
import {Session} from '../client/session.js';
import type {ActorSystem} from '../kernel/actor-system.js';
import type {Clock} from '../ports/clock.js';
import type {Random} from '../ports/random.js';
import type {RequestTracer} from '../ports/request-tracer.js';
import type {Timers} from '../ports/timers.js';
import type {Transport} from '../ports/transport.js';

export interface StartClientOptions {
  readonly system: ActorSystem;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly tracer?: RequestTracer | undefined;
  /** See NatsOptions. */
  readonly identity?: string | undefined;
}

export interface StartedClient {
  readonly session: Session;
  close(): void;
}

const inFlightMax = 128;
const queuedMax = 16_384;
const keepMs = 15_000;
const graceMs = 3000;
const lostGraceMs = 20_000;

/** Starts the client session of this process. */
export function startClient(options: StartClientOptions): StartedClient {
  const {system, transport, clock, timers, random, identity, tracer} = options;
  const address = clientAddress(random.id(), identity);
  const session = new Session({
    clock,
    timers,
    tracer,
    tell: order => system.tell(address, order),
  });
  const behaviour = new ClientSession({
    address,
    inFlightMax,
    queuedMax,
    keepMs,
    graceMs,
    lostGraceMs,
    random,
  });
  system.spawn(address, behaviour, event => session.onEvent(event as ClientEvent));
  const watching = transport.onStatus(status => {
    system.tell(address, {kind: 'connection', status});
  });
  return {
    session,
    close() {
      watching.stop();
      system.stop(address);
    },
  };
}
