import {formatBytes} from '../plan/format-bytes.js';
import type {OutputError, QuantizedNetwork} from '../transform/index.js';
import {formatTable} from './table.js';

/** What `heterodyne quantize` did, for a reader. `errors` is empty if there were no samples. */
export function quantizeReport(made: QuantizedNetwork, errors: readonly OutputError[]): string {
  const {quantized, skipped, bytesBefore, bytesAfter} = made;
  const blocks = [
    quantizedTable(quantized),
    skipped.length === 0 ? '' : skippedTable(skipped),
    errors.length === 0 ? '' : errorTable(errors),
    `${formatBytes(bytesBefore)} -> ${formatBytes(bytesAfter)}, ` +
      `${(bytesBefore / bytesAfter).toFixed(2)} times smaller`,
  ];
  return blocks.filter(block => block !== '').join('\n\n');
}

function quantizedTable(quantized: QuantizedNetwork['quantized']): string {
  if (quantized.length === 0) return 'nothing was quantised';
  return formatTable(
    [
      {title: 'OPERATION'},
      {title: 'TYPE'},
      {title: 'AS'},
      {title: 'WEIGHTS OFF BY', align: 'right'},
    ],
    quantized.map(({name, type, as, weightErrorMax}) => [
      name,
      type,
      as,
      weightErrorMax.toPrecision(3),
    ]),
  );
}

function skippedTable(skipped: QuantizedNetwork['skipped']): string {
  return formatTable(
    [{title: 'LEFT AS IT WAS'}, {title: 'TYPE'}, {title: 'WHY'}],
    skipped.map(({name, type, reason}) => [name, type, reason]),
  );
}

function errorTable(errors: readonly OutputError[]): string {
  const numbers = ['MAX ERROR', 'MEAN ERROR', 'SNR dB', 'COSINE', 'SAME ARG MAX'];
  return formatTable(
    [{title: 'OUTPUT'}, ...numbers.map(title => ({title, align: 'right'}) as const)],
    errors.map(({output, maxAbs, meanAbs, signalToNoiseDb, cosine, argMaxAgreement}) => [
      output,
      maxAbs.toPrecision(3),
      meanAbs.toPrecision(3),
      signalToNoiseDb.toFixed(1),
      cosine.toFixed(6),
      argMaxAgreement === undefined ? '' : `${(100 * argMaxAgreement).toFixed(2)} %`,
    ]),
  );
}
