import type {ClusterLink} from '../client/cluster-client.js';
import {type Log, silentLog} from '../ports/log.js';
import type {RequestTracer} from '../ports/request-tracer.js';
import {blobCodec} from '../wire/blob-codec.js';
import type {ConnectOptions} from './connect-options.js';
import {joinCluster} from './join-cluster.js';
import {packageVersion} from './package-version.js';
import {startClient} from './start-client.js';
import {systemRandom} from './system-world.js';

/** Joins a running cluster as a client. */
export async function connectClient(
  options: ConnectOptions,
  {log = silentLog, tracer}: {readonly log?: Log; readonly tracer?: RequestTracer | undefined} = {},
): Promise<ClusterLink> {
  const joined = await joinCluster(options, log);
  const client = startClient({...joined, random: systemRandom, identity: options.identity, tracer});
  const close = async () => {
    client.close();
    await joined.leave();
  };
  try {
    await joined.transport.flush();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    session: client.session,
    metrics: () => joined.system.metrics(),
    bulk: joined.bulk,
    codec: blobCodec(packageVersion()),
    close,
  };
}
