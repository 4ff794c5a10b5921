/** An execution provider of ONNX Runtime that may be there. */
export interface Provider {
  /** As ONNX Runtime calls it: `cuda`. */
  readonly name: string;
  /** Its devices are told apart by number; without, it chooses for itself. */
  readonly numbered: boolean;
  /** Whether a session may be kept from falling back to the processor. */
  readonly exclusive: boolean;
}

/** One device of a provider. */
export interface Placement {
  readonly provider: Provider;
  readonly device: number;
}
