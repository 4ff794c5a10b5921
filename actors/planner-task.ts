import type {ConfigMap} from '../schemas/config.js';
import type {NetworkRef} from '../schemas/network-blob.js';
import type {NetworkGraph} from '../schemas/network-graph.js';
import type {Preprocessing} from '../schemas/preprocessing.js';
import type {TensorInfo} from '../schemas/tensor.js';
import type {Rewrite} from '../src/plan/follow-patterns.js';
import type {PostprocessPart, PreprocessPart} from '../src/plan/stage-graph.js';

/** The parts of a network that become stages, as far as its extraction needs to know them. */
export interface ExtractedPart {
  readonly name: string;
  readonly operations: readonly number[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly overridable: readonly string[];
}

/** What the coordinator has done for it off the thread that answers messages. */
export type PlannerTask =
  /** Reads and transforms a network and finds out every value's type and shape: an Inspection. */
  | {
      readonly kind: 'inspect';
      readonly network: NetworkRef;
      readonly config: ConfigMap;
      readonly preprocessing: Preprocessing | null;
      /** As a network that takes several requests as one. */
      readonly batched: boolean;
    }
  /** Writes each part as a network of its own into the bulk store; answers NetworkRef[]. */
  | {
      readonly kind: 'extract';
      readonly network: NetworkRef;
      readonly parts: readonly ExtractedPart[];
    };

/** A small network made of preprocessing or postprocessing steps. */
export interface WovenNetwork<Part> {
  readonly network: NetworkRef;
  readonly operations: readonly string[];
  readonly part: Part;
}

export interface Inspection {
  /** What is queried, split and compiled: the network as the transformations left it. */
  readonly network: NetworkRef;
  /** How that changed its operations; null if the transformations are off. */
  readonly rewrite: Rewrite | null;
  /** Of `network`. */
  readonly graph: NetworkGraph;
  /** What devices are asked about: the network with the types of its values, without large weights. */
  readonly queried: NetworkRef;
  /** What the client brings instead of those network inputs that something is declared of. */
  readonly clientInputs: ReadonlyMap<string, readonly TensorInfo[]>;
  readonly preprocess: WovenNetwork<PreprocessPart> | null;
  readonly postprocess: WovenNetwork<PostprocessPart> | null;
}
