/** Where work runs that must not run on the thread that answers messages. */
export interface TaskExecutor<Task = unknown, Result = unknown> {
  /** Tasks that it does at once; whatever else it is given waits inside. */
  readonly slots: number;
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
}
