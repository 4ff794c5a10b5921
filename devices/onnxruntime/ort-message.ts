/** What comes before the useful part of an error of ONNX Runtime or of one of its bindings. */
const prefixes: readonly RegExp[] = [
  /^Can't create a session\. /,
  /^failed to call OrtRun\(\)\. /,
  /^ERROR_CODE: \d+, ERROR_MESSAGE: /,
  /^Non-zero status code returned while running .*? Status Message: /,
  /^Exception during initialization: /,
  // Where in the source, the function's signature, and the condition that did not hold.
  /^\/\S+\.(?:cc|h|cpp):\d+ .*?\) /,
  /^\w+\.(?:cc|h|cpp):\d+ \w+ /,
  /^[^.:]* was false\. (?=.)/,
  /^(?:Fatal error|Error): /,
  /^This is an invalid model\. /,
  /^In Node, .*? , Error /,
];

const lengthMax = 400;

/** The part of ONNX Runtime's message that helps a user, in one line. */
export function usefulMessage(error: unknown): string {
  let message = (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .trim();
  for (const prefix of prefixes) message = message.replace(prefix, '');
  if (/^(?:std::)?bad.?alloc(?:ation)?$/.test(message)) return `out of memory (${message})`;
  return message.length <= lengthMax ? message : `${message.slice(0, lengthMax)}…`;
}

/** The name of the operation at which ONNX Runtime failed to run, if it says. */
export function failedOperation(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  return /while running \S+ node\. Name:'(.+?)' Status Message:/.exec(message)?.[1];
}
