import {startQueryWorker} from '../../src/plugin/graph/query-worker.js';
import {operationTable} from './operation-table.js';

export const handle = startQueryWorker(operationTable);
