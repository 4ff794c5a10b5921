import fs from 'node:fs';

/**
 * What `work` prints instead of printing it; nothing if that is more than `charactersMax`. ONNX
 * Runtime's build for WebAssembly has no files: it prints a profile, line by line through
 * `fs.writeSync`, of which every thread has its own.
 */
export function captureOutput(work: () => void, charactersMax: number): string {
  const captured: string[] = [];
  let characters = 0;
  const {writeSync} = fs;
  Reflect.set(fs, 'writeSync', (_descriptor: number, text: string) => {
    characters += text.length;
    if (characters <= charactersMax) captured.push(text);
    return text.length;
  });
  try {
    work();
    return characters > charactersMax ? '' : captured.join('');
  } finally {
    Reflect.set(fs, 'writeSync', writeSync);
  }
}
