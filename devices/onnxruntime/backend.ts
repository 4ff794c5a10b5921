import type {InferenceSession} from 'onnxruntime-node';

export interface OpenOptions {
  /** Threads inside one inference. */
  readonly threads: number;
  /** Holds the tensors that the model keeps outside itself; its base name is `weights.bin`. */
  readonly weightsFile: string | undefined;
  /** False: only checks and types are wanted, and no operation may be folded away. */
  readonly optimize: boolean;
}

/** One build of ONNX Runtime, as a worker thread holds it. */
export interface Backend {
  /** A network and its weights beyond this do not fit into its memory. */
  readonly networkBytesMax: number;
  /** Rejects with ONNX Runtime's own error. `model` is no longer needed once it settles. */
  open(model: Uint8Array, options: OpenOptions): Promise<InferenceSession>;
}

/** ONNX Runtime's "fatal only": every failure is a typed error here, so none is printed as well. */
export const logSeverityLevel = 4;
