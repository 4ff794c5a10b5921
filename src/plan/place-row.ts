/** Something on a line: how wide it is, and where its middle would like to be. */
export interface RowItem {
  readonly width: number;
  readonly wanted: number;
}

interface Block {
  sum: number;
  size: number;
}

/**
 * The middles of items that keep their order and at least `gap` between each other, with the least
 * sum of squared distances from where they want to be: isotonic regression by pooling adjacent
 * violators (Ayer et al. 1955), once every item is moved left by what lies before it.
 */
export function placeRow(items: readonly RowItem[], gap: number): readonly number[] {
  const before: number[] = [];
  const blocks: Block[] = [];
  let end = 0;
  for (const {width, wanted} of items) {
    const middle = end + width / 2;
    before.push(middle);
    end += width + gap;
    pool(blocks, {sum: wanted - middle, size: 1});
  }
  const moved = blocks.flatMap(({sum, size}) => Array.from({length: size}, () => sum / size));
  return before.map((middle, at) => middle + (moved[at] ?? 0));
}

/** Adds a block; joins it with those before it as long as their mean is the greater one. */
function pool(blocks: Block[], block: Block): void {
  let last = blocks.at(-1);
  while (last !== undefined && last.sum / last.size > block.sum / block.size) {
    block.sum += last.sum;
    block.size += last.size;
    blocks.pop();
    last = blocks.at(-1);
  }
  blocks.push(block);
}
