import fs from 'node:fs';

/**
 * What `work` prints instead of printing it. ONNX Runtime's build for WebAssembly has no files: it
 * prints a profile, line by line through `fs.writeSync`, of which every thread has its own.
 */
export function captureOutput(work: () => void): string {
  const captured: string[] = [];
  const {writeSync} = fs;
  Reflect.set(fs, 'writeSync', (_descriptor: number, text: string) => captured.push(text));
  try {
    work();
    return captured.join('');
  } finally {
    Reflect.set(fs, 'writeSync', writeSync);
  }
}
