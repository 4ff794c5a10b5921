import type {RuntimeNetwork} from '../../schemas/runtime-graph.js';
import {InferenceError} from '../errors.js';
import {deviceColours} from './device-colours.js';
import {drawBoxes, plainBox} from './draw-boxes.js';
import {runtimeHint, runtimeLines} from './runtime-lines.js';
import {runtimeLinks} from './runtime-links.js';

const nodesMax = 2000;

/**
 * A runtime graph as a self-contained SVG document: a box for each kernel, coloured by device. Throws
 * INVALID_ARGUMENT above 2,000 kernels.
 */
export function runtimeSvg(network: RuntimeNetwork): string {
  const {nodes} = network;
  if (nodes.length > nodesMax) {
    const text = `expected at most ${nodesMax} kernels to draw, given ${nodes.length}; try DOT`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const colours = deviceColours({stages: nodes});
  const lines = runtimeLines(network);
  const kernels = nodes.map((node, at) => {
    const {fill, line} = colours.get(node.device) ?? plainBox('');
    return {lines: lines[at] ?? [], fill, line, hint: runtimeHint(node)};
  });
  const boxes = [plainBox('the client sends'), ...kernels, plainBox('the client receives')];
  const links = runtimeLinks(network).map(({from, to}) => ({
    from: from + 1,
    to: to < 0 ? boxes.length - 1 : to + 1,
    lines: [],
  }));
  // A device that tells circles is drawn without what closes them.
  return drawBoxes(
    boxes,
    links.filter(({from, to}) => from < to),
  );
}
