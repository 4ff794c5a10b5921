import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {toBinary} from '@bufbuild/protobuf';
import type {TensorData} from '../../schemas/tensor.js';
import {TensorProtoSchema} from '../../src/network/generated/onnx_pb.js';
import {tensorProto} from '../../src/network/tensor-proto.js';

export interface CaseContent {
  readonly model: Uint8Array;
  readonly inputs: readonly TensorData[];
  readonly outputs: readonly TensorData[];
}

/** Writes a folder in ONNX's backend-test format with one data set. */
export async function writeCase(
  folder: string,
  {model, inputs, outputs}: CaseContent,
): Promise<void> {
  const set = join(folder, 'test_data_set_0');
  await mkdir(set, {recursive: true});
  await writeFile(join(folder, 'model.onnx'), model);
  for (const [at, tensor] of inputs.entries())
    await writeTensor(join(set, `input_${at}.pb`), tensor);
  for (const [at, tensor] of outputs.entries()) {
    await writeTensor(join(set, `output_${at}.pb`), tensor);
  }
}

/** Writes a file with one TensorProto. */
export function writeTensor(path: string, tensor: TensorData): Promise<void> {
  return writeFile(path, toBinary(TensorProtoSchema, tensorProto('', tensor)));
}
