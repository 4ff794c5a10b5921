import {startKernel} from '../onnxruntime/start-kernel.js';
import {cpuBackend} from './backend.js';

export const handle = startKernel(cpuBackend);
