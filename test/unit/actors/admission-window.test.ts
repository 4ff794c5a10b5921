import test from 'ava';
import {type AdmissionBounds, AdmissionWindow} from '../../../actors/admission-window.js';
import {defaultPriority, type Priority} from '../../../schemas/priority.js';

/** A window and its time. */
class WindowBench {
  readonly window: AdmissionWindow;
  now = 0;

  constructor(bounds: AdmissionBounds) {
    this.window = new AdmissionWindow(bounds);
  }

  /** What becomes of it, and of whom it pushes out. */
  admit(deployment: string, request: number, priority: Priority = defaultPriority): string {
    const entrant = {deployment, request, priority};
    const {place, refused} = this.window.admit(entrant, this.now);
    const other = refused !== undefined && refused.request !== request;
    return other ? `${place} for ${refused.request}` : place;
  }

  leave(deployment: string, request: number): readonly number[] {
    return this.window.leave({deployment, request}, this.now);
  }
}

test('so many enter, so many wait, and the next is one too many', t => {
  const window = new WindowBench({inFlightMax: 2, queuedMax: 1});
  t.deepEqual(
    [1, 2, 3, 4].map(request => window.admit('D1', request)),
    ['enters', 'enters', 'waits', 'full'],
  );
});

test('whoever leaves lets in the one that has waited longest', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 4});
  for (const request of [1, 2, 3]) window.admit('D1', request);
  t.deepEqual(window.leave('D1', 1), [2]);
  t.deepEqual(window.leave('D1', 2), [3]);
  t.deepEqual(window.leave('D1', 3), []);
});

test('a higher priority is let in before', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 4});
  window.admit('D1', 1);
  window.admit('D1', 2, 'LOW');
  window.admit('D1', 3);
  window.admit('D1', 4, 'HIGH');
  t.deepEqual(window.leave('D1', 1), [4]);
  t.deepEqual(window.leave('D1', 4), [3]);
  t.deepEqual(window.leave('D1', 3), [2]);
});

test('a higher priority takes the place of the last lower one, but not of the first', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 3});
  for (const request of [1, 2, 3, 4]) window.admit('D1', request);
  t.is(window.admit('D1', 5, 'LOW'), 'full');
  t.is(window.admit('D1', 6, 'HIGH'), 'waits for 4');
  t.is(window.admit('D1', 7, 'HIGH'), 'waits for 3');
  t.is(window.admit('D1', 8, 'HIGH'), 'full');
});

test('one that leaves while it waits lets nobody in, and frees its place', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 1});
  window.admit('D1', 1);
  window.admit('D1', 2);
  t.deepEqual(window.leave('D1', 2), []);
  t.is(window.admit('D1', 3), 'waits');
});

test('deployments wait in lines of their own, bounded together', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 1});
  window.admit('D1', 1);
  window.admit('D1', 2);
  t.is(window.admit('D2', 3), 'enters');
  t.is(window.admit('D2', 4), 'full');
  t.deepEqual(window.leave('D2', 3), []);
  t.deepEqual(window.leave('D1', 1), [2]);
});

test('a deployment that comes when another fills all places gets its share of them', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 6});
  for (let request = 0; request <= 6; request++) window.admit('D1', request);
  t.is(window.admit('D1', 7), 'full');
  window.admit('D2', 20);
  t.deepEqual(
    [21, 22, 23, 24].map(request => window.admit('D2', request)),
    ['waits for 6', 'waits for 5', 'waits for 4', 'full'],
  );
  window.admit('D3', 30);
  t.deepEqual(
    [31, 32, 33].map(request => window.admit('D3', request)),
    ['waits for 3', 'waits for 23', 'full'],
  );
  t.deepEqual(window.leave('D1', 0), [1], 'those that stay are served in their order');
  t.deepEqual(window.leave('D1', 1), [2]);
});

test('what is pushed out is gone', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 2});
  for (const request of [1, 2, 3]) window.admit('D1', request);
  window.admit('D2', 4);
  t.is(window.admit('D2', 5), 'waits for 3');
  t.deepEqual(window.leave('D1', 3), []);
  t.is(window.admit('D2', 6), 'full', 'its place is taken');
  t.deepEqual(window.leave('D1', 1), [2]);
  t.deepEqual(window.leave('D1', 2), []);
  t.deepEqual(window.leave('D2', 4), [5]);
});

test('whoever is refused is told when half of its line will be through', t => {
  const window = new WindowBench({inFlightMax: 2, queuedMax: 10});
  for (let request = 0; request < 12; request++) window.admit('D1', request);
  const refusal = () => {
    const entrant = {deployment: 'D1', request: 99, priority: defaultPriority};
    return window.window.admit(entrant, window.now).refused?.error;
  };
  t.like(refusal(), {code: 'QUEUE_FULL', place: {retryAfterMs: 3}}, 'a guess, as none has left');
  window.now = 80;
  window.leave('D1', 0);
  window.admit('D1', 12);
  t.like(refusal(), {place: {retryAfterMs: 200}}, '10 wait, 2 at once take 80 ms');
  window.now = 160;
  window.leave('D1', 1);
  window.admit('D1', 13);
  t.like(refusal(), {place: {retryAfterMs: 225}}, 'one that took 160 ms counts an eighth');
});

test('one that is not there may leave', t => {
  const window = new WindowBench({inFlightMax: 1, queuedMax: 1});
  t.deepEqual(window.leave('D1', 1), []);
  window.admit('D1', 1);
  t.deepEqual(window.leave('D1', 9), []);
  t.is(window.admit('D1', 2), 'waits');
});
