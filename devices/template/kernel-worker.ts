import {startKernelWorker} from '../../src/plugin/graph/kernel-worker.js';
import {operationTable} from './operation-table.js';

export const handle = startKernelWorker(operationTable);
