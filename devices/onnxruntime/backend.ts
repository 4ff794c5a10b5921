import type {InferenceSession} from 'onnxruntime-node';
import type {MeasuringSession} from './measuring-session.js';

export interface OpenOptions {
  /** Threads inside one inference. */
  readonly threads: number;
  /** Holds the tensors that the model keeps outside itself; its base name is `weights.bin`. */
  readonly weightsFile: string | undefined;
  /** False: only checks and types are wanted, and no operation may be folded away. */
  readonly optimize: boolean;
}

export interface SaveOptions {
  readonly weightsFile: string | undefined;
  readonly folder: string;
}

/** The file of an optimised network in the folder that it was saved to. */
export const compiledLocation = 'model.onnx';

/** One build of ONNX Runtime, as a worker thread holds it. */
export interface Backend {
  /** A network and its weights beyond this do not fit into its memory. */
  readonly networkBytesMax: number;
  /** Rejects with ONNX Runtime's own error. `model` is no longer needed once it settles. */
  open(model: Uint8Array, options: OpenOptions): Promise<InferenceSession>;
  /** Where `open` refuses what the device leaves to others: one that opens it all, to learn types. */
  readonly types?: Backend;
  /** The same, of a session that measures. */
  openMeasuring(model: Uint8Array, options: OpenOptions): Promise<MeasuringSession>;
  /**
   * Writes the network as ONNX Runtime optimises it into `folder`: as `compiledLocation`, and what
   * does not belong there as `weightsLocation`. Left out by a build that cannot write. Rejects as
   * `open` does.
   */
  save?(model: Uint8Array, to: SaveOptions): Promise<void>;
}

/** ONNX Runtime's "fatal only": every failure is a typed error here, so none is printed as well. */
export const logSeverityLevel = 4;
