import type {StepGraph} from '../step-graph.js';
import type {Flowing} from '../step-kind.js';

/** Values in the layout NCHW: luma of one channel; chroma of two (U, V) and half the size. */
export interface YuvPlanes {
  readonly luma: string;
  readonly chroma: string;
}

const [toPlanes, firstAxis] = [[0n, 3n, 1n, 2n], 1n] as const;

/**
 * The planes of an image in NHWC. Reshape copies dimensions where it is given 0, so that none of
 * this needs to know the size of the image.
 */
export function yuvPlanes({name, planes, color}: Flowing, graph: StepGraph): YuvPlanes {
  const moved = (plane: string) => graph.node('Transpose', [plane], {perm: toPlanes});
  switch (color) {
    case 'NV12_TWO_PLANES':
      return {luma: moved(name), chroma: moved(planes[0] ?? '')};
    case 'I420_THREE_PLANES': {
      const chroma = graph.node('Concat', planes.map(moved), {axis: firstAxis});
      return {luma: moved(name), chroma};
    }
    default: {
      const {luma, rest} = thirds(name, graph);
      const chroma =
        color === 'NV12_SINGLE_PLANE' ? interleaved(rest, graph) : stacked(rest, graph);
      return {luma, chroma};
    }
  }
}

/** The luma of an image in NHWC, as it is there. */
export function lumaOf({name, color}: Flowing, graph: StepGraph): string {
  if (color === 'NV12_TWO_PLANES' || color === 'I420_THREE_PLANES') return name;
  return graph.node('Transpose', [thirds(name, graph).luma], {perm: [0n, 2n, 3n, 1n]});
}

/** [N, 3h/2, w, 1] into luma [N, 1, h, w] and the rest [N, 1, h/2, w]. */
function thirds(name: string, graph: StepGraph) {
  const rows = reshaped(name, [0, 0, 1, -1], graph);
  const parts = reshaped(rows, [0, 3, -1, 0], graph);
  const part = (from: number, to: number) => {
    const [start, end, axis] = [[from], [to], [1]].map(each => graph.integers(each));
    return graph.node('Slice', [parts, start ?? '', end ?? '', axis ?? '']);
  };
  return {luma: reshaped(part(0, 2), [0, 1, -1, 0], graph), rest: part(2, 3)};
}

/** U and V side by side: [N, 1, h/2, w] into [N, 2, h/2, w/2]. */
function interleaved(name: string, graph: StepGraph): string {
  const pairs = reshaped(name, [0, 1, 0, -1, 2], graph);
  const moved = graph.node('Transpose', [pairs], {perm: [0n, 4n, 2n, 3n, 1n]});
  return graph.node('Squeeze', [moved, graph.integers([4])]);
}

/** All of U before all of V: [N, 1, h/2, w] into [N, 2, h/2, w/2]. */
function stacked(name: string, graph: StepGraph): string {
  return reshaped(name, [0, 2, 0, -1], graph);
}

function reshaped(name: string, shape: readonly number[], graph: StepGraph): string {
  return graph.node('Reshape', [name, graph.integers(shape)]);
}
