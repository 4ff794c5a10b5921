import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {connect, type NatsConnection} from 'nats';
import type {Contender} from './contender.js';

const echoProcess = fileURLToPath(new URL('./echo-process.js', import.meta.url));

/**
 * No inference at all: a NATS request with a workload's bytes of input, answered by another process
 * with its bytes of output. What a request over NATS costs at least.
 */
export class BareNats implements Contender {
  readonly name = 'bare NATS';
  readonly #connection: NatsConnection;
  readonly #echo: ChildProcess;
  readonly #subject: string;
  readonly #payload: Uint8Array;

  private constructor(
    connection: NatsConnection,
    echo: ChildProcess,
    request: {readonly subject: string; readonly payload: Uint8Array},
  ) {
    this.#connection = connection;
    this.#echo = echo;
    this.#subject = request.subject;
    this.#payload = request.payload;
  }

  static async start(servers: string, inputBytes: number, outputBytes: number): Promise<BareNats> {
    const subject = 'bench.echo';
    const echo = fork(echoProcess, [servers, subject, String(outputBytes)]);
    await once(echo, 'message');
    // As the library connects: a stack for every request costs more than the request.
    const connection = await connect({servers, noAsyncTraces: true});
    return new BareNats(connection, echo, {subject, payload: new Uint8Array(inputBytes)});
  }

  async infer(): Promise<Record<string, never>> {
    await this.#connection.request(this.#subject, this.#payload, {timeout: 60_000});
    return {};
  }

  async close(): Promise<void> {
    await this.#connection.close();
    const exited = once(this.#echo, 'exit');
    this.#echo.disconnect();
    await exited;
  }
}
