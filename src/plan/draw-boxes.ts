import {type Box, layeredLayout, type Size} from './layered-layout.js';

const margin = 24;
const textLines = {box: {size: 13, advance: 7.9}, label: {size: 11, advance: 6.7}} as const;

const style = `
text {font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace}
text {text-anchor: middle; fill: #18181b}
.box text {font-size: ${textLines.box.size}px}
.box tspan:first-child {font-weight: bold}
.label text {font-size: ${textLines.label.size}px; fill: #3f3f46}
.arrow {fill: none; stroke: #71717a; stroke-width: 1.4}
`;

/** A box of a drawing. */
export interface DrawnBox {
  readonly lines: readonly string[];
  readonly fill: string;
  readonly line: string;
  /** Shown where the pointer rests. */
  readonly hint: string;
}

/** An arrow from one box to a later one. */
export interface DrawnArrow {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** Boxes from top to bottom, and labelled arrows among them, as a self-contained SVG document. */
export function drawBoxes(boxes: readonly DrawnBox[], links: readonly DrawnArrow[]): string {
  const layout = layeredLayout(
    boxes.map(({lines}) => textSize(lines, 'box')),
    links.map(({from, to, lines}) => ({from, to, label: textSize(lines, 'label')})),
  );
  const arrows = links.map(({from, to}, at) => {
    const [start, end] = [layout.nodes[from], layout.nodes[to]];
    return start && end ? arrow([start, ...(layout.links[at] ?? []), end]) : '';
  });
  const labels = links.map(({lines}, at) => label(layout.links[at]?.[0], lines));
  const drawn = boxes.map((box, at) => drawBox(layout.nodes[at], box));
  return document(layout, [...arrows, ...labels, ...drawn]);
}

/** A box for what is no stage: the client. */
export function plainBox(text: string): DrawnBox {
  return {lines: [text], fill: '#f4f4f5', line: '#71717a', hint: text};
}

function textSize(lines: readonly string[], kind: keyof typeof textLines): Size {
  if (lines.length === 0) return {width: 8, height: 0};
  const {size, advance} = textLines[kind];
  const longest = Math.max(0, ...lines.map(({length}) => length));
  const padding = kind === 'box' ? 12 : 4;
  return {
    width: Math.round(longest * advance + padding * 2),
    height: Math.round(lines.length * size * 1.4 + padding * 2),
  };
}

/** A curve from the lower edge of the first box through others to the upper edge of the last. */
function arrow(boxes: readonly Box[]): string {
  const [start, ...rest] = boxes;
  if (start === undefined) return '';
  let x = portOf(start, rest[0]);
  let y = start.y + start.height;
  let path = `M${x} ${y}`;
  rest.forEach((box, at) => {
    const isLast = at === rest.length - 1;
    const toX = isLast ? portOf(box, boxes[at]) : round(box.x);
    const middle = round((y + box.y) / 2);
    path += ` C${x} ${middle} ${toX} ${middle} ${toX} ${round(box.y)}`;
    [x, y] = [toX, round(box.y + box.height)];
    if (!isLast) path += ` L${x} ${y}`;
  });
  return `<path class="arrow" d="${path}" marker-end="url(#head)"/>`;
}

/** Where an arrow towards `other` leaves or meets a box: as straight as its width allows. */
function portOf(box: Box, other: Box | undefined): number {
  const reach = Math.max(0, box.width / 2 - 10);
  return round(Math.min(Math.max(other?.x ?? box.x, box.x - reach), box.x + reach));
}

function label(box: Box | undefined, lines: readonly string[]): string {
  if (box === undefined || lines.length === 0) return '';
  return `<g class="label">${rectangle(box, 'fill="#ffffff"')}${text(box, lines, 'label')}</g>`;
}

function drawBox(box: Box | undefined, {lines, fill, line, hint}: DrawnBox): string {
  if (box === undefined) return '';
  const look = `rx="6" fill="${fill}" stroke="${line}" stroke-width="1.5"`;
  const title = `<title>${escapeXml(hint)}</title>`;
  return `<g class="box">${title}${rectangle(box, look)}${text(box, lines, 'box')}</g>`;
}

function rectangle({x, y, width, height}: Box, look: string): string {
  const left = round(x - width / 2);
  return `<rect x="${left}" y="${round(y)}" width="${width}" height="${height}" ${look}/>`;
}

function text(box: Box, lines: readonly string[], kind: keyof typeof textLines): string {
  const {size} = textLines[kind];
  const top = box.y + (box.height - lines.length * size * 1.4) / 2;
  const spans = lines.map((line, at) => {
    const y = round(top + size * 1.4 * at + size * 1.05);
    return `<tspan x="${round(box.x)}" y="${y}">${escapeXml(line)}</tspan>`;
  });
  return `<text>${spans.join('')}</text>`;
}

function document({width, height}: Size, parts: readonly string[]): string {
  const [w, h] = [Math.ceil(width + margin * 2), Math.ceil(height + margin * 2)];
  const namespace = 'xmlns="http://www.w3.org/2000/svg"';
  return [
    `<svg ${namespace} width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
    `<style>${style}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"',
    'orient="auto"><path d="M0 0 8 4 0 8z" fill="#71717a"/></marker></defs>',
    `<rect width="${w}" height="${h}" fill="#ffffff"/>`,
    `<g transform="translate(${margin} ${margin})">`,
    ...parts,
    '</g>',
    '</svg>\n',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text of XML; control characters, which XML forbids, become spaces. */
function escapeXml(value: string): string {
  return [...value]
    .map(character => ((character.codePointAt(0) ?? 0) < 32 ? ' ' : character))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
