import type {NamedTensors} from '../../schemas/tensor.js';
import {extractStage} from '../../src/network/extract-stage.js';
import type {Network} from '../../src/network/network.js';
import {withValues} from '../../src/network/with-values.js';
import {cutStages} from '../../src/plan/cut-stages.js';
import {buildStageGraph} from '../../src/plan/stage-graph.js';
import {inferValues} from './infer-values.js';
import {runModel} from './run-model.js';

type Run = (model: Uint8Array, inputs: NamedTensors) => NamedTensors | Promise<NamedTensors>;

const runOptimized: Run = (model, inputs) => runModel(model, inputs, 'all');

/** Splits and runs a network as a cluster would, stage after stage. */
export class PartedNetwork {
  readonly graph: Network['graph'];
  readonly #network: Network;

  private constructor(network: Network, graph: Network['graph']) {
    this.#network = network;
    this.graph = graph;
  }

  static async of(network: Network): Promise<PartedNetwork> {
    return new PartedNetwork(network, withValues(network.graph, await inferValues(network)));
  }

  /** The outputs, and the edges between stages. Devices without a runner are ONNX Runtime. */
  async run(
    affinity: ReadonlyMap<string, string>,
    inputs: NamedTensors,
    runners: Readonly<Record<string, Run>> = {},
  ) {
    const {graph} = this;
    const cuts = cutStages(graph, affinity);
    const stageGraph = buildStageGraph(graph, cuts, {});
    const known = new Map(inputs);
    for (const [at, cut] of cuts.entries()) {
      const infos = stageGraph.stages[at]?.inputs ?? [];
      const part = {...cut, name: `stage${at}`, inputs: infos};
      const {model} = extractStage(this.#network, part, graph.values);
      const given = new Map([...known].filter(([name]) => cut.inputs.includes(name)));
      const run = runners[cut.device] ?? runOptimized;
      for (const made of await run(model, given)) known.set(...made);
    }
    const outputs = new Map([...known].filter(([name]) => graph.outputs.includes(name)));
    return {outputs, crossing: stageGraph.edges.filter(({from, to}) => from >= 0 && to >= 0)};
  }
}
