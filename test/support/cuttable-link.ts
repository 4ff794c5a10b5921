import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import type {Cleanup} from './heterodyne-process.js';

/** A way to a server that a test can cut: connections break off, and none can be made. */
export class CuttableLink {
  readonly url: string;
  readonly #sockets: Set<Socket>;
  readonly #state: {open: boolean};

  private constructor(url: string, sockets: Set<Socket>, state: {open: boolean}) {
    this.url = url;
    this.#sockets = sockets;
    this.#state = state;
  }

  static async to(t: Cleanup, server: string): Promise<CuttableLink> {
    const {hostname, port} = new URL(server);
    const sockets = new Set<Socket>();
    const state = {open: true};
    const listener = createServer(near => {
      if (!state.open) {
        near.destroy();
        return;
      }
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const link = new CuttableLink(
      `nats://127.0.0.1:${(listener.address() as AddressInfo).port}`,
      sockets,
      state,
    );
    t.teardown(() => {
      link.cut();
      listener.close();
    });
    return link;
  }

  cut(): void {
    this.#state.open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#state.open = true;
  }
}
