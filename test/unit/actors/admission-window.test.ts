import test from 'ava';
import {AdmissionWindow} from '../../../actors/admission-window.js';

test('so many enter, so many wait, and the next is one too many', t => {
  const window = new AdmissionWindow({inFlightMax: 2, queuedMax: 1});
  t.deepEqual(
    [1, 2, 3, 4].map(request => window.admit('D1', request)),
    ['enters', 'enters', 'waits', 'full'],
  );
});

test('whoever leaves lets in the one that has waited longest', t => {
  const window = new AdmissionWindow({inFlightMax: 1, queuedMax: 4});
  for (const request of [1, 2, 3]) window.admit('D1', request);
  t.deepEqual(window.leave('D1', 1), [2]);
  t.deepEqual(window.leave('D1', 2), [3]);
  t.deepEqual(window.leave('D1', 3), []);
});

test('one that leaves while it waits lets nobody in, and frees its place', t => {
  const window = new AdmissionWindow({inFlightMax: 1, queuedMax: 1});
  window.admit('D1', 1);
  window.admit('D1', 2);
  t.deepEqual(window.leave('D1', 2), []);
  t.is(window.admit('D1', 3), 'waits');
});

test('deployments wait in lines of their own, bounded together', t => {
  const window = new AdmissionWindow({inFlightMax: 1, queuedMax: 1});
  window.admit('D1', 1);
  window.admit('D1', 2);
  t.is(window.admit('D2', 3), 'enters');
  t.is(window.admit('D2', 4), 'full');
  t.deepEqual(window.leave('D2', 3), []);
  t.deepEqual(window.leave('D1', 1), [2]);
});

test('one that is not there may leave', t => {
  const window = new AdmissionWindow({inFlightMax: 1, queuedMax: 1});
  t.deepEqual(window.leave('D1', 1), []);
  window.admit('D1', 1);
  t.deepEqual(window.leave('D1', 9), []);
  t.is(window.admit('D1', 2), 'waits');
});
