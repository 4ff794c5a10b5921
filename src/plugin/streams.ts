import type {ConfigValues} from '../../schemas/properties.js';

export interface Streams {
  /** Inferences that run at the same time, each on a worker and a session of its own. */
  readonly streams: number;
  /** Threads inside one inference. */
  readonly threadsPerStream: number;
}

type StreamConfig = Pick<
  ConfigValues,
  'PERFORMANCE_HINT' | 'PERFORMANCE_HINT_NUM_REQUESTS' | 'NUM_STREAMS' | 'INFERENCE_NUM_THREADS'
>;

/** Each stream holds the weights once more, so AUTO stops here. */
const streamsAutoMax = 16;

/**
 * How `cores` are used. AUTO is one stream with all threads for LATENCY, and for THROUGHPUT a
 * stream per thread (up to 16, and to the requests that are kept in flight), which share the
 * threads.
 */
export function resolveStreams(config: StreamConfig, cores: number): Streams {
  const threads = config.INFERENCE_NUM_THREADS || cores;
  const streams = config.NUM_STREAMS === 'AUTO' ? autoStreams(config, threads) : config.NUM_STREAMS;
  return {streams, threadsPerStream: Math.max(1, Math.floor(threads / streams))};
}

function autoStreams(config: StreamConfig, threads: number): number {
  if (config.PERFORMANCE_HINT === 'LATENCY') return 1;
  const requests = config.PERFORMANCE_HINT_NUM_REQUESTS || streamsAutoMax;
  return Math.min(threads, requests, streamsAutoMax);
}
