import type {ProcessingStep} from '../../schemas/preprocessing.js';
import type {StepKind} from './step-kind.js';
import {convertColor} from './steps/convert-color.js';
import {convertElementType} from './steps/convert-element-type.js';
import {convertLayout} from './steps/convert-layout.js';
import {crop} from './steps/crop.js';
import {custom} from './steps/custom.js';
import {pad} from './steps/pad.js';
import {perChannel} from './steps/per-channel.js';
import {resize} from './steps/resize.js';
import {reverseChannels} from './steps/reverse-channels.js';
import {softmax} from './steps/softmax.js';

type StepKinds = {
  readonly [K in ProcessingStep['kind']]: StepKind<Extract<ProcessingStep, {readonly kind: K}>>;
};

/** Every kind of step. A new one is a member of `processingStepSchema` and an entry here. */
const stepKinds: StepKinds = {
  convertElementType,
  mean: perChannel('Sub'),
  scale: perChannel('Div'),
  convertLayout,
  convertColor,
  reverseChannels,
  resize,
  crop,
  pad,
  softmax,
  custom,
};

/** How a step is applied. */
export function stepKindOf<Step extends ProcessingStep>(step: Step): StepKind<Step> {
  return stepKinds[step.kind] as unknown as StepKind<Step>;
}
