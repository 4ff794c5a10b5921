import {usefulMessage} from '../../../devices/onnxruntime/ort-message.js';
import {directRun} from './direct-run.js';
import type {OpenCase} from './open-case.js';
import {Reference} from './reference.js';

/** What onnxruntime itself makes of a case that did not go well on a device. */
export type SecondOpinion =
  /** It gives what the case expects. */
  | {readonly kind: 'agrees'}
  /** It gives something else, or the numbers are random: compare with this instead. */
  | {readonly kind: 'differs'; readonly reference: Reference}
  | {readonly kind: 'refuses'; readonly message: string};

/** Never rejects. */
export async function secondOpinion(opened: OpenCase): Promise<SecondOpinion> {
  const {model, network, feeds, expected, outputNames} = opened;
  try {
    const outputs = await directRun(model, feeds);
    const difference = Reference.expected(expected).difference(outputs, outputNames);
    if (difference === undefined) return {kind: 'agrees'};
    const random = network.parsed.graph.operations.some(operation => operation.random);
    const reference = random ? Reference.random(outputs) : Reference.direct(outputs);
    return {kind: 'differs', reference};
  } catch (error) {
    return {kind: 'refuses', message: usefulMessage(error)};
  }
}
