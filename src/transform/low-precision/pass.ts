import type {GraphEditor} from '../graph-editor.js';
import type {LinearQuantizations} from './linear-quantization.js';

/** A change of a network's graph that keeps what the network computes, to the last bit. */
export interface Pass {
  /** Kebab-case, as the file is named that it lies in. */
  readonly name: string;
  readonly run: (editor: GraphEditor, quantizations: LinearQuantizations) => void;
}
