import type {NetworkGraph} from '../../../schemas/network-graph.js';
import {countersMax, type OperationCounter} from '../../../schemas/performance-counters.js';
import type {Fusion} from './fusions.js';
import type {KernelEvent} from './kernel-event.js';

/** One for each operation of the network, then one for each kernel that is nobody's. */
export function operationCounters(
  graph: NetworkGraph,
  fusions: readonly Fusion[],
  events: readonly KernelEvent[],
): readonly OperationCounter[] {
  const byKernel = new Map(events.map(event => [event.name, event]));
  const counted = new Map<string, OperationCounter>();
  const added: OperationCounter[] = [];
  for (const fusion of fusions) {
    const counter = executed(fusion, byKernel.get(fusion.kernel.name));
    if (fusion.operation === undefined) added.push(counter);
    else counted.set(counter.name, counter);
  }
  const own = graph.operations.map(({name, type}) => counted.get(name) ?? optimizedOut(name, type));
  return [...own, ...added].slice(0, countersMax);
}

function executed(
  {kernel, operation, fused}: Fusion,
  event: KernelEvent | undefined,
): OperationCounter {
  const realUs = event?.realUs ?? 0;
  return {
    name: operation?.name ?? kernel.name,
    status: event === undefined ? 'NOT_RUN' : 'EXECUTED',
    realUs,
    // ONNX Runtime does not tell what its threads took.
    cpuUs: realUs,
    execType: kernel.type.slice(kernel.type.lastIndexOf('.') + 1),
    nodeType: operation?.type ?? '',
    fused: fused.map(({name}) => name),
    outputTypes: event?.outputTypes ?? [],
  };
}

function optimizedOut(name: string, nodeType: string): OperationCounter {
  const none = {realUs: 0, cpuUs: 0, execType: '', fused: [], outputTypes: []};
  return {name, status: 'OPTIMIZED_OUT', nodeType, ...none};
}
