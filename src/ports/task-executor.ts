/** Where work runs that must not run on the thread that answers messages. */
export interface TaskExecutor<Task = unknown, Result = unknown> {
  /** At most this many tasks are given to it at once. */
  readonly slots: number;
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
}
