import {spawn} from 'node:child_process';

/**
 * Waits for its input to end, which it does when this process is no more, by whatever death; then
 * ends the process `$0` and removes the folder `$1`.
 */
const script = 'cat >/dev/null; kill "$0"; sleep 2; kill -9 "$0"; rm -rf "$1"';

/** Sees to it that a child outlives this process by no more than a moment. Not on Windows. */
export function endWithParent(pid: number, folder: string): {cancel(): void} {
  if (process.platform === 'win32') return {cancel: () => undefined};
  const watcher = spawn('/bin/sh', ['-c', script, String(pid), folder], {
    // In a group of its own, it is not interrupted with this process.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell, the child may stay.
  watcher.on('error', () => undefined);
  watcher.unref();
  return {
    cancel: () => {
      // The shell first: the end of its input would set it to work.
      watcher.kill('SIGKILL');
      watcher.stdin.destroy();
    },
  };
}
