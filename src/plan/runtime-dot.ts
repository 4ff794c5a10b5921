import type {RuntimeNetwork} from '../../schemas/runtime-graph.js';
import {deviceColours} from './device-colours.js';
import {dotText} from './dot-text.js';
import {runtimeHint, runtimeLines} from './runtime-lines.js';
import {runtimeLinks} from './runtime-links.js';

/** A runtime graph in Graphviz DOT: a box for each kernel, a frame around each stage. */
export function runtimeDot(network: RuntimeNetwork): string {
  const {nodes} = network;
  const colours = deviceColours({stages: nodes});
  const lines = runtimeLines(network);
  const boxes = nodes.map((node, at) => {
    const {fill, line} = colours.get(node.device) ?? {fill: '#ffffff', line: '#000000'};
    const look = `fillcolor="${fill}" color="${line}"`;
    const texts = `label=${dotText(lines[at] ?? [])} tooltip=${dotText([runtimeHint(node)])}`;
    return `    kernel${at} [${texts} ${look}];`;
  });
  const frames = [...new Set(nodes.map(({stage}) => stage))].map((stage, at) => {
    const inside = boxes.filter((_, place) => nodes[place]?.stage === stage);
    return `  subgraph cluster${at} {\n    label=${dotText([stage])};\n${inside.join('\n')}\n  }`;
  });
  const links = runtimeLinks(network).map(({from, to}) => {
    const ends = [from < 0 ? 'sends' : `kernel${from}`, to < 0 ? 'receives' : `kernel${to}`];
    return `  ${ends.join(' -> ')};`;
  });
  return [
    'digraph runtime {',
    '  graph [fontname="monospace"];',
    '  node [shape=box style="rounded,filled" fontname="monospace"];',
    '  sends [label="the client sends" shape=plaintext style=""];',
    '  receives [label="the client receives" shape=plaintext style=""];',
    ...frames,
    ...links,
    '}\n',
  ].join('\n');
}
