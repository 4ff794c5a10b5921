import {
  countersMax,
  type InferenceCounters,
  inferenceCountersSchema,
} from '../../schemas/performance-counters.js';
import {type RuntimeGraph, runtimeGraphSchema} from '../../schemas/runtime-graph.js';
import {safelyParsed} from '../../schemas/safely-parsed.js';
import {InferenceError} from '../errors.js';

/** What a plugin, which may be anybody's, measured; of very many operations the first; else nothing. */
export function checkedCounters(
  counters: InferenceCounters | undefined,
): InferenceCounters | undefined {
  if (!Array.isArray(counters?.operations)) return undefined;
  const operations = counters.operations.slice(0, countersMax);
  return safelyParsed(inferenceCountersSchema, {...counters, operations}).data;
}

/**
 * What a plugin tells of its kernels. Throws NOT_IMPLEMENTED if it does not tell, or what is no graph;
 * PAYLOAD_TOO_LARGE for more kernels than travel.
 */
export function checkedRuntimeGraph(graph: RuntimeGraph | undefined): RuntimeGraph {
  const parsed = safelyParsed(runtimeGraphSchema, graph);
  if (parsed.success) return parsed.data;
  const kernels = Array.isArray(graph?.nodes) ? graph.nodes.length : 0;
  if (kernels > countersMax) {
    const text = `expected at most ${countersMax} kernels in a runtime graph, got ${kernels}`;
    throw new InferenceError('PAYLOAD_TOO_LARGE', text);
  }
  throw new InferenceError('NOT_IMPLEMENTED', 'the plugin does not tell its runtime graph');
}
