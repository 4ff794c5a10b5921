import type {TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import {externalTensor, isExternal} from '../../network/external-data.js';
import type {TensorProto} from '../../network/generated/onnx_pb.js';
import {readTensor} from '../../network/tensor-proto.js';
import {withFields} from '../../network/with-fields.js';

/** The values of initializers, inside a network and in the file beside it. */
export class Weights {
  readonly #content: Uint8Array | undefined;

  /** `content` is that of the weights file, if there is one. */
  constructor(content: SharedArrayBuffer | undefined) {
    this.#content = content && new Uint8Array(content);
  }

  /** A copy of the values. Throws COMPILE_FAILED, or as `readTensor` does. */
  read(tensor: TensorProto): TensorData {
    if (!isExternal(tensor)) return readTensor(tensor);
    const {offset, length} = externalTensor(tensor);
    if (this.#content === undefined || offset + length > this.#content.length) {
      const given = this.#content?.length ?? 'none';
      throw new InferenceError(
        'COMPILE_FAILED',
        `${tensor.name}: expected ${offset + length} bytes beside the network, given ${given}`,
      );
    }
    const rawData = this.#content.slice(offset, offset + length);
    return readTensor(withFields(tensor, {rawData, dataLocation: 0, externalData: []}));
  }
}
