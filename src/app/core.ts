import {ClusterClient} from '../client/cluster-client.js';
import {connectClient} from './connect-client.js';
import type {ConnectOptions} from './connect-options.js';
import {type EmbeddedOptions, startEmbedded} from './embedded.js';
import {type ClientOptions, tracerOf} from './open-telemetry.js';
import {prometheusText} from './prometheus-text.js';

/** Where everything begins: a cluster that runs elsewhere, or one inside this process. */
export class Core extends ClusterClient {
  /**
   * Joins a running cluster as a client. Rejects with NO_SERVER if none of the servers answers.
   */
  static async connect(options: ConnectOptions & ClientOptions = {}): Promise<Core> {
    const {openTelemetry: _, ...connect} = options;
    return new Core(await connectClient(connect, {tracer: tracerOf(options)}));
  }

  /** `metrics` in Prometheus's text format, for a program that serves its own. */
  prometheusMetrics(): string {
    return prometheusText(this.metrics());
  }

  /**
   * Starts coordinator and devices in this process; no server is needed. Rejects with
   * UNKNOWN_DEVICE.
   */
  static async embedded(options: EmbeddedOptions = {}): Promise<Core> {
    return new Core(await startEmbedded(options));
  }
}
