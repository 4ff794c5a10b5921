import {connect} from 'node:net';

/**
 * Settles once a server at `host:port` greets as NATS servers do; else rejects, saying why. The
 * client leaves its socket open for as long as a server that never greets does: this one does not.
 */
export function probeNatsServer(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({host, port});
    const end = (error?: Error) => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(timeoutMs, () => end(new Error(`no answer in ${timeoutMs} ms`)));
    socket.once('error', error => end(error));
    socket.once('close', () => end(new Error('closed by the other side')));
    socket.once('data', data => {
      const greets = data.subarray(0, 4).toString('latin1') === 'INFO';
      end(greets ? undefined : new Error('it is no NATS server'));
    });
  });
}
