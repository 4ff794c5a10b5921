import {clientIndex, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import {InferenceError} from '../errors.js';
import {deviceColours} from './device-colours.js';
import {type DrawnBox, drawBoxes, plainBox} from './draw-boxes.js';
import {formatBytes} from './format-bytes.js';
import {formatCount} from './format-count.js';
import {linkLines, shorten} from './link-lines.js';
import {shortenNames} from './list-names.js';
import {stageLinks} from './stage-links.js';

const stagesMax = 200;

/**
 * A stage graph as a self-contained SVG document: boxes from top to bottom, coloured by device,
 * arrows labelled with tensors and bytes. Throws INVALID_ARGUMENT above 200 stages.
 */
export function explainSvg(graph: StageGraph): string {
  if (graph.stages.length > stagesMax) {
    throw new InferenceError(
      'INVALID_ARGUMENT',
      `expected at most ${stagesMax} stages to draw, given ${graph.stages.length}; try DOT`,
    );
  }
  const boxes = [
    plainBox('the client sends'),
    ...stageBoxes(graph),
    plainBox('the client receives'),
  ];
  const links = stageLinks(graph).map(link => ({
    from: link.from === clientIndex ? 0 : link.from + 1,
    to: link.to === clientIndex ? boxes.length - 1 : link.to + 1,
    lines: linkLines(link),
  }));
  return drawBoxes(boxes, links);
}

function stageBoxes(graph: StageGraph): readonly DrawnBox[] {
  const colours = deviceColours(graph);
  return graph.stages.map(stage => {
    const {fill, line} = colours.get(stage.device) ?? plainBox('');
    return {lines: stageLines(stage), fill, line, hint: shortenNames(stage.operations, 40)};
  });
}

function stageLines({name, role, operations, weightsBytes}: Stage): readonly string[] {
  if (role !== 'execute') return [shorten(name)];
  const [first = '', last = ''] = [operations[0], operations.at(-1)];
  const range = operations.length > 1 ? `${shorten(first)} … ${shorten(last)}` : shorten(first);
  const bytes = weightsBytes > 0 ? `, ${formatBytes(weightsBytes)} of weights` : '';
  return [shorten(name), range, `${formatCount(operations.length, 'operation')}${bytes}`];
}
