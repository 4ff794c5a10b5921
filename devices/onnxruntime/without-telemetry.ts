/**
 * Keeps ONNX Runtime's native library from telling its makers what it runs, which it does unless
 * the environment says otherwise before it is loaded. `ORT_DISABLE_TELEMETRY=0` lets it. For the
 * main thread: what a worker writes into its environment is not seen by native code.
 */
export function withoutTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
