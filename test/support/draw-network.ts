import type {Network} from '../../src/network/network.js';

const shortNames: Readonly<Record<string, string>> = {QuantizeLinear: 'Q', DequantizeLinear: 'DQ'};

/** Each operation as a line, `a -> Relu -> b`, quantisation as `Q` and `DQ` without its parameters. */
export function drawNetwork({graph}: Network): readonly string[] {
  return graph.operations.map(({type, inputs, outputs}) => {
    const name = shortNames[type] ?? type;
    const read = name === type ? inputs : inputs.slice(0, 1);
    return `${read.join(' ')} -> ${name} -> ${outputs.join(' ')}`;
  });
}
