import type {NetworkGraph} from '../../../schemas/network-graph.js';
import type {InferenceCounters} from '../../../schemas/performance-counters.js';
import type {RuntimeGraph} from '../../../schemas/runtime-graph.js';
import type {NamedTensors} from '../../../schemas/tensor.js';
import {bodiesOf} from '../../../src/network/captured-values.js';
import {readNetwork} from '../../../src/network/read-network.js';
import type {InferenceResult} from '../../../src/plugin/plugin.js';
import {feedsOf, runSession} from '../run-session.js';
import type {MeasuringDescribedSession, SessionSource} from '../session-source.js';
import {fusionsOf, type SessionKernel} from './fusions.js';
import {lastRun} from './kernel-event.js';
import {operationCounters} from './operation-counters.js';
import {runtimeGraphOf} from './runtime-graph-of.js';
import {type SessionNode, sessionNodes} from './session-nodes.js';

interface Known {
  readonly graph: NetworkGraph;
  /** Names of nodes with bodies, whose kernels run inside theirs. */
  readonly withBodies: ReadonlySet<string>;
  /** Undefined if the build of ONNX Runtime does not tell. */
  readonly nodes: readonly SessionNode[] | undefined;
}

/**
 * Measures operations. ONNX Runtime writes a session's profile once, when the session ends; so each
 * inference that is measured has a session of its own, in which it runs twice: the first run gets
 * memory from the system, which later ones of a warm session do not do.
 */
export class Profiler {
  readonly #source: SessionSource;
  #known: Promise<Known> | undefined;

  constructor(source: SessionSource) {
    this.#source = source;
  }

  /** See Kernel.infer; rejects with COMPILE_FAILED too. */
  async infer(tensors: NamedTensors, overridden: readonly string[]): Promise<InferenceResult> {
    const startMs = performance.now();
    const known = await this.#knowledge();
    const opened = await this.#source.openMeasuring(overridden);
    let ended: Promise<string> | undefined;
    try {
      const feeds = feedsOf(opened.inputs, tensors);
      await runSession(opened.session, feeds);
      const result = await runSession(opened.session, feeds);
      ended = opened.end();
      const profile = await ended;
      const counters = countersOf(profile, known);
      const measuringUs = (performance.now() - startMs) * 1000 - result.executeUs;
      return {...result, counters: {...counters, measuringUs: Math.max(0, measuringUs)}};
    } finally {
      if (ended === undefined) await endQuietly(opened);
    }
  }

  async runtimeGraph(): Promise<RuntimeGraph> {
    return runtimeGraphOf(await this.#knowledge());
  }

  #knowledge(): Promise<Known> {
    this.#known ??= this.#learn();
    return this.#known;
  }

  async #learn(): Promise<Known> {
    const {graph, model} = readNetwork(this.#source.model());
    const nodes = model.graph?.node ?? [];
    const withBodies = nodes.filter(node => bodiesOf(node).length > 0).map(({name}) => name);
    const optimized = await this.#source.optimized();
    return {
      graph,
      withBodies: new Set(withBodies),
      nodes: optimized === undefined ? undefined : sessionNodes(optimized),
    };
  }
}

function countersOf(profile: string, {graph, withBodies, nodes}: Known): InferenceCounters {
  const events = lastRun(profile, withBodies);
  const unknown = {pipelineUs: {}, measuringUs: 0, operations: []};
  if (events === undefined) return unknown;
  const kernels: readonly SessionKernel[] = nodes ?? events;
  const fusions = fusionsOf(graph, kernels);
  return {...unknown, operations: operationCounters(graph, fusions, events)};
}

/** What failed before is what matters. */
async function endQuietly(opened: MeasuringDescribedSession): Promise<void> {
  await opened.end().catch(() => {});
}
