import {workerData} from 'node:worker_threads';
import {startKernel} from '../onnxruntime/start-kernel.js';
import {gpuBackend} from './backend.js';

/** Its worker's data is a GpuWorkerData. */
export const handle = startKernel(gpuBackend(workerData));
