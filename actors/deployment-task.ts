import type {DeploymentRecord} from '../schemas/deployment.js';

/** What the coordinator has kept in the state store, so that the next one knows it too. */
export type DeploymentTask =
  | {readonly kind: 'save'; readonly record: DeploymentRecord}
  | {readonly kind: 'delete'; readonly id: string}
  /** Answers DeploymentRecord[]. */
  | {readonly kind: 'list'};
