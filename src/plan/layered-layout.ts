import {invariant} from '../errors.js';
import {placeRow} from './place-row.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  /** The middle. */
  readonly x: number;
  /** The upper edge. */
  readonly y: number;
}

/** An arrow from one node to a later one, with a label that has a place of its own. */
export interface LayoutLink {
  readonly from: number;
  readonly to: number;
  readonly label: Size;
}

export interface Layout extends Size {
  readonly nodes: readonly Box[];
  /** For each link the boxes it passes between its ends, downwards; the first is its label. */
  readonly links: readonly (readonly Box[])[];
}

const gapX = 28;
const gapY = 18;
const sweeps = 12;
const passWidth = 8;

/** A node, a label, or where a long arrow passes a row: that has no height, and gets the row's. */
interface Item extends Size {
  readonly row: number;
  readonly above: Item[];
  readonly below: Item[];
  x: number;
}

/**
 * Rows of boxes from top to bottom: a node is two rows below the last that has an arrow to it, and
 * labels have the rows between. Rows are ordered by the mean place of their neighbours, to and fro
 * (Sugiyama, Tagawa, Toda 1981), then placed as near to those as order and gaps allow.
 * Every link goes from a node to one after it.
 */
export function layeredLayout(nodes: readonly Size[], links: readonly LayoutLink[]): Layout {
  const rows: Item[][] = [];
  const boxes = nodeItems(nodes, links, rows);
  const chains = links.map(link => chainItems(link, boxes, rows));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) arrange(row, down, sweep < sweeps / 2);
  }
  const tops = rowTops(rows);
  const left = Math.min(0, ...rows.flat().map(({x, width}) => x - width / 2));
  const right = Math.max(0, ...rows.flat().map(({x, width}) => x + width / 2));
  const box = ({x, width, height, row}: Item): Box => {
    return {x: x - left, y: tops[row] ?? 0, width, height: height || heightOf(rows[row])};
  };
  return {
    width: right - left,
    height: tops.at(-1) ?? 0,
    nodes: boxes.map(box),
    links: chains.map(chain => chain.map(box)),
  };
}

function nodeItems(
  nodes: readonly Size[],
  links: readonly LayoutLink[],
  rows: Item[][],
): readonly Item[] {
  const rowOf = nodes.map(() => 0);
  const ordered = links.toSorted((a, b) => a.from - b.from);
  for (const {from, to} of ordered) {
    invariant(from < to, `link ${from} -> ${to} goes backwards`);
    rowOf[to] = Math.max(rowOf[to] ?? 0, (rowOf[from] ?? 0) + 2);
  }
  return nodes.map((size, at) => addItem(rows, rowOf[at] ?? 0, size));
}

function chainItems(
  {from, to, label}: LayoutLink,
  nodes: readonly Item[],
  rows: Item[][],
): readonly Item[] {
  const [start, end] = [nodes[from], nodes[to]];
  invariant(start && end, `link ${from} -> ${to} has no ends`);
  const chain: Item[] = [];
  let last = start;
  for (let row = start.row + 1; row < end.row; row++) {
    const size = chain.length === 0 ? label : {width: passWidth, height: 0};
    const next = addItem(rows, row, size);
    connect(last, next);
    chain.push(next);
    last = next;
  }
  connect(last, end);
  return chain;
}

function addItem(rows: Item[][], row: number, {width, height}: Size): Item {
  while (rows.length <= row) rows.push([]);
  const items = rows[row] ?? [];
  const last = items.at(-1);
  const x = last === undefined ? width / 2 : last.x + (last.width + width) / 2 + gapX;
  const item = {row, width, height, above: [], below: [], x};
  items.push(item);
  return item;
}

function connect(above: Item, below: Item): void {
  above.below.push(below);
  below.above.push(above);
}

function arrange(row: Item[], down: boolean, reorder: boolean): void {
  const wanted = (item: Item) => {
    const near = down ? item.above : item.below;
    if (near.length === 0) return item.x;
    return near.reduce((sum, {x}) => sum + x, 0) / near.length;
  };
  if (reorder) {
    const places = new Map(row.map(item => [item, wanted(item)]));
    row.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  }
  const middles = placeRow(
    row.map(item => ({width: item.width, wanted: wanted(item)})),
    gapX,
  );
  row.forEach((item, at) => {
    item.x = middles[at] ?? item.x;
  });
}

/** Upper edges of all rows, and the lower edge of the last. */
function rowTops(rows: readonly (readonly Item[])[]): readonly number[] {
  const tops: number[] = [];
  let y = 0;
  rows.forEach((row, at) => {
    tops.push(y);
    y += heightOf(row) + (at < rows.length - 1 ? gapY : 0);
  });
  return [...tops, y];
}

function heightOf(row: readonly Item[] = []): number {
  return Math.max(0, ...row.map(({height}) => height));
}
