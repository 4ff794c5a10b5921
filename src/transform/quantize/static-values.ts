import {operationType} from '../../network/operation-names.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';
import {movingOperation} from '../low-precision/moving-operations.js';

/** Operations that runtimes have for integers; the inputs that are activations, all if not said. */
const integerOperations: Readonly<Record<string, readonly number[] | undefined>> = {
  Conv: [0],
  Gemm: [0, 1],
  MatMul: [0, 1],
  Add: undefined,
  Mul: undefined,
  Concat: undefined,
  AveragePool: [0],
  GlobalAveragePool: [0],
};

/** Where a static network is quantised: the values that operations on integers read. */
export interface StaticValues {
  /** Activations, each where it is made, before what only moves elements. */
  readonly activations: readonly string[];
  /** Constants that are added, multiplied or joined. */
  readonly constants: readonly string[];
}

/** `except` names operations that stay as they are. */
export function staticValues(editor: GraphEditor, except: readonly string[]): StaticValues {
  const activations = new Set<string>();
  const constants = new Set<string>();
  for (const node of editor.nodes()) {
    const type = operationType(node.proto);
    if (!Object.hasOwn(integerOperations, type) || except.includes(node.proto.name)) continue;
    const inputs = integerOperations[type] ?? [...node.proto.input.keys()];
    for (const at of inputs) {
      const value = rootOf(editor, node.proto.input[at] ?? '');
      if (editor.constant(value) === undefined) activations.add(value);
      else if (!isWeights(type, at)) constants.add(value);
    }
  }
  const isFed = (value: string) => value !== '' && !editor.isInitializer(value);
  return {activations: [...activations].filter(isFed), constants: [...constants]};
}

/** Constants of these are quantised per channel, with the operation. */
function isWeights(type: string, input: number): boolean {
  return input === 1 && (type === 'Gemm' || type === 'MatMul');
}

/** The value that is moved to become this one. */
export function rootOf(editor: GraphEditor, value: string): string {
  let root = value;
  for (let maker = editor.maker(root); maker !== undefined; maker = editor.maker(root)) {
    const source = movedInput(editor, maker);
    if (source === undefined) break;
    root = source;
  }
  return root;
}

function movedInput(editor: GraphEditor, {proto}: EditedNode): string | undefined {
  const [data, ...others] = movingOperation(proto, editor.opset())?.data ?? [];
  return data === undefined || others.length > 0 ? undefined : proto.input[data];
}
