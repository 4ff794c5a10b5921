import {z} from 'zod';
import type {Deployment} from '../../schemas/deployment.js';
import {
  type ExportedNetwork,
  type ExportedStage,
  exportedStageSchema,
} from '../../schemas/exported-network.js';
import type {Preprocessing} from '../../schemas/preprocessing.js';
import {invariant} from '../errors.js';
import {messageParser} from '../kernel/parse-message.js';
import {payloadRefs} from '../plan/payload-refs.js';
import type {BlobCodec, ExportedBlob} from '../ports/blob-codec.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {DeclaredState} from './declared-state.js';
import {exportedStates} from './exported-states.js';
import type {Session} from './session.js';

export interface ExportOptions {
  /**
   * Whether each stage's ONNX network travels too, so that a device which cannot import what another
   * one compiled compiles it anew. Without them the blob is about half as large. Default: true.
   */
  readonly networks?: boolean;
}

/** What a user declared of a network, and its deployment does not tell. */
export interface DeclaredParts {
  readonly preprocessing: Preprocessing | null;
  readonly states: readonly DeclaredState[];
}

/** What exporting needs of whoever loaded the network. */
export interface Exporter {
  readonly session: Session;
  readonly bulk: BulkStore;
  readonly codec: BlobCodec;
}

/** Optimising and storing: minutes for the largest networks. */
const exportTimeoutMs = 600_000;

const parseStages = messageParser(z.array(exportedStageSchema), 'answer of the coordinator');

/**
 * A loaded network as one blob. Rejects with DEVICE_LOST if a stage is gone, PAYLOAD_TOO_LARGE above
 * what one buffer holds, STORE_UNAVAILABLE.
 */
export async function exportNetwork(
  deployment: Deployment,
  declared: DeclaredParts,
  {session, bulk, codec}: Exporter,
  {networks = true}: ExportOptions,
): Promise<Uint8Array> {
  const replicas = deployment.variants.flatMap(({stageGraph}) =>
    stageGraph.stages.map(stage => stage.replicas),
  );
  const answer = await session.askCoordinator(
    ask => ({kind: 'export', ask, stages: replicas}),
    exportTimeoutMs,
  );
  const given = parseStages(answer);
  const stages = networks ? given : given.map(withoutNetwork);
  const network = describe(deployment, declared, stages);
  const payloads = payloadRefs(network).map(async ref => ({
    ...ref,
    content: await bulk.get(ref.digest),
  }));
  const plugin = pluginOf(network, codec.version);
  const blob: ExportedBlob = {plugin, network, payloads: await Promise.all(payloads)};
  return codec.encode(blob);
}

/** What a device cannot export travels as a network, whatever was asked for. */
function withoutNetwork(stage: ExportedStage): ExportedStage {
  return stage.compiled === null ? stage : {...stage, network: null};
}

function describe(
  deployment: Deployment,
  {preprocessing, states: declared}: DeclaredParts,
  stages: readonly ExportedStage[],
): ExportedNetwork {
  const {network: name, device, config, inputs, overridable, outputs} = deployment;
  const rest = stages.values();
  const variants = deployment.variants.map(({device: served, batch, stageGraph}) => ({
    device: served,
    batch,
    stageGraph: {
      ...stageGraph,
      stages: stageGraph.stages.map(stage => ({...stage, replicas: []})),
    },
    stages: stageGraph.stages.map(({name: stage}) => {
      const {value} = rest.next();
      invariant(value !== undefined, `nothing of ${stage} was exported`);
      return value;
    }),
  }));
  const states = exportedStates(declared, deployment.states);
  return {name, device, config, inputs, overridable, outputs, preprocessing, states, variants};
}

/** The plugin of the one device, or the virtual device, whose version is that of this program. */
function pluginOf({device, variants}: ExportedNetwork, version: string): ExportedBlob['plugin'] {
  const virtual = /^\s*(HETERO|MULTI|AUTO|BATCH)\b/.exec(device)?.[1];
  if (virtual !== undefined) return {name: virtual, version};
  const [first] = variants.flatMap(({stages}) => stages);
  return {name: first?.plugin ?? device, version: first?.pluginVersion ?? version};
}
