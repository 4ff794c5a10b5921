import {join} from 'node:path';
import {cacheFolder} from './find-nats-server.js';

/** Where all processes of a cluster on this host keep the files of blobs that they fetched. */
export function blobFolder(cluster: string): string {
  return join(cacheFolder(process.env), 'blobs', cluster);
}
