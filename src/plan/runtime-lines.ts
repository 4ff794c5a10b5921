import type {PlacedNode, RuntimeNetwork} from '../../schemas/runtime-graph.js';
import {formatMicroseconds} from './format-microseconds.js';
import {shorten} from './link-lines.js';

/** For each node what its box says: its name, its kernel, its time and that time's part of all. */
export function runtimeLines({nodes}: RuntimeNetwork): readonly (readonly string[])[] {
  const sumUs = nodes.reduce((sum, {execUs}) => sum + (execUs ?? 0), 0);
  return nodes.map(({name, type, execUs}) => [
    shorten(name),
    type.slice(type.lastIndexOf('.') + 1),
    execUs === null ? 'not executed' : `${formatMicroseconds(execUs)}, ${share(execUs, sumUs)}`,
  ]);
}

/** What there is to know of a node that its box does not say. */
export function runtimeHint({stage, device, type, originals, outputTypes}: PlacedNode): string {
  const made = outputTypes.length > 0 ? [`makes ${outputTypes.join(', ')}`] : [];
  const does = originals.length > 1 ? [`does ${originals.join(', ')}`] : [];
  return [`${type} in ${stage} on ${device}`, ...does, ...made].join('; ');
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : ((part / whole) * 100).toFixed(1)} %`;
}
