import {clientIndex, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import {deviceColours} from './device-colours.js';
import {dotText} from './dot-text.js';
import {formatBytes} from './format-bytes.js';
import {formatCount} from './format-count.js';
import {linkLines} from './link-lines.js';
import {stageLinks} from './stage-links.js';

/** A stage graph in Graphviz DOT: a box for each stage, an arrow for all that goes between two. */
export function explainDot(graph: StageGraph): string {
  const colours = deviceColours(graph);
  const stages = graph.stages.map(stage => {
    const {fill, line} = colours.get(stage.device) ?? {fill: '#ffffff', line: '#000000'};
    const label = dotText(stageLines(stage));
    return `  stage${stage.index} [label=${label} fillcolor="${fill}" color="${line}"];`;
  });
  const links = stageLinks(graph).map(link => {
    const from = link.from === clientIndex ? 'sends' : `stage${link.from}`;
    const to = link.to === clientIndex ? 'receives' : `stage${link.to}`;
    return `  ${from} -> ${to} [label=${dotText(linkLines(link))}];`;
  });
  return [
    'digraph stages {',
    '  node [shape=box style="rounded,filled" fontname="monospace"];',
    '  edge [fontname="monospace" fontsize=10];',
    '  sends [label="the client sends" shape=plaintext style=""];',
    '  receives [label="the client receives" shape=plaintext style=""];',
    ...stages,
    ...links,
    '}\n',
  ].join('\n');
}

function stageLines({name, role, operations, weightsBytes}: Stage): readonly string[] {
  if (role !== 'execute') return [name];
  return [
    name,
    formatCount(operations.length, 'operation'),
    `${formatBytes(weightsBytes)} of weights`,
  ];
}
