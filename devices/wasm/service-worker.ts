import {startService} from '../onnxruntime/start-service.js';

export const handle = startService(async () => (await import('./backend.js')).wasmBackend);
