/** An execution provider of ONNX Runtime that may be there. */
export interface Provider {
  /** As ONNX Runtime calls it: `cuda`. */
  readonly name: string;
  /** Its devices are told apart by number; without, it chooses for itself. */
  readonly numbered: boolean;
  /** Whether a session may be kept from falling back to the processor. */
  readonly exclusive: boolean;
  /** Whether sessions of several threads may run at once. */
  readonly concurrent: boolean;
}

/** One device of a provider. */
export interface Placement {
  readonly provider: Provider;
  readonly device: number;
}

/** What a worker on a device is started with. */
export interface GpuWorkerData {
  readonly placement: Placement;
  /** The same for all workers of the process; see ThreadLock. */
  readonly lock: SharedArrayBuffer;
}
