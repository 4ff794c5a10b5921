import {startKernel} from '../onnxruntime/start-kernel.js';
import {wasmBackend} from './backend.js';

export const handle = startKernel(wasmBackend);
