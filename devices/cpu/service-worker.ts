import {startService} from '../onnxruntime/start-service.js';

// Imported here, so that a host without a native binding gets an answer.
export const handle = startService(async () => (await import('./backend.js')).cpuBackend);
