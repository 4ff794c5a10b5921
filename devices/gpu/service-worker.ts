import {workerData} from 'node:worker_threads';
import {startService} from '../onnxruntime/start-service.js';

/** Its worker's data is a GpuWorkerData. */
export const handle = startService(async () =>
  (await import('./backend.js')).gpuBackend(workerData),
);
