import {batches} from './batches.js';
import type {Behaviour} from './behaviour.js';
import {callbacks} from './callbacks.js';
import {cancellation} from './cancellation.js';
import {chaining} from './chaining.js';
import {consistency} from './consistency.js';
import {counters} from './counters.js';
import {dynamicShapes} from './dynamic-shapes.js';
import {exports} from './exports.js';
import {ioTensors} from './io-tensors.js';
import {lifetimes} from './lifetimes.js';
import {properties} from './properties.js';
import {queries} from './queries.js';
import {queues} from './queues.js';
import {states} from './states.js';
import {threads} from './threads.js';
import {waiting} from './waiting.js';

/** What every device keeps, after the areas of the Inference Engine's behaviour tests. */
export const behaviours: readonly Behaviour[] = [
  ...callbacks,
  ...cancellation,
  ...waiting,
  ...consistency,
  ...chaining,
  ...ioTensors,
  ...batches,
  ...dynamicShapes,
  ...queues,
  ...states,
  ...queries,
  ...properties,
  ...counters,
  ...exports,
  ...lifetimes,
  ...threads,
];
