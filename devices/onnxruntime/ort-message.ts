/** What comes before the useful part of an error that ONNX Runtime or a binding of it reports. */
const prefixes: readonly RegExp[] = [
  /^Can't create a session\. /,
  /^failed to call OrtRun\(\)\. /,
  /^ERROR_CODE: \d+, ERROR_MESSAGE: /,
  /^Non-zero status code returned while running .*? Status Message: /,
  /^(?:\/\S+\.(?:cc|h|cpp):\d+ )[^\n]*?\) /,
  /^(?:Fatal error|Error): /,
  /^This is an invalid model\. /,
  /^In Node, .*? , Error /,
];

/** The part of ONNX Runtime's message that helps a user: without source files and error numbers. */
export function usefulMessage(error: unknown): string {
  let message = (error instanceof Error ? error.message : String(error)).trim();
  for (const prefix of prefixes) message = message.replace(prefix, '');
  return message.split('\n', 1)[0] ?? message;
}

/** The name of the operation at which ONNX Runtime failed to run, if it says. */
export function failedOperation(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  return /while running \S+ node\. Name:'([^']+)'/.exec(message)?.[1];
}
