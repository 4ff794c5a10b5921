import type {ConfigMap} from '../../schemas/config.js';
import type {ErrorCode} from '../../src/errors.js';
import type {Steps} from './network-shelf.js';
import type {Weather} from './weather.js';

/** From, to: drawn anew each time. */
export type Range = readonly [number, number];

export interface DeviceKind {
  readonly kind: string;
  /** Operations that it does not run. */
  readonly lacks: readonly string[];
  readonly slots: number;
  /** Requests that may gather or wait at a stage. */
  readonly queuedMax: number;
  /** About how long an inference, and compiling a stage, takes. */
  readonly kernelMs: number;
  readonly loadMs: number;
  /** Operations that end its process when they run. */
  readonly diesOf?: readonly string[];
  /** Its kernels fail on hard values. */
  readonly fragile?: boolean;
}

export interface NodePlan {
  readonly name: string;
  readonly devices: readonly DeviceKind[];
}

export interface ClientPlan {
  /** One of `networks`. */
  readonly network: string;
  readonly device: string;
  /** A request about this often, each with about this much time. */
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly config?: ConfigMap;
  /** What is pre- and postprocessed. */
  readonly steps?: Steps;
  /** Of a network with states: how many infer requests with states of their own it has. */
  readonly conversations?: number;
  /** Requests have priorities, else all the same. */
  readonly prioritised?: boolean;
  /** While the storm lasts, so many requests have values that some kernels fail on. */
  readonly hard?: number;
  /** What it loads again is what it exported before. */
  readonly travels?: boolean;
  /** After the storm, its network has stages on these. */
  readonly uses?: readonly string[];
  /** After the storm, its network runs in so many ways. */
  readonly variants?: number;
  /** After the storm, nobody runs its network, and it is told so by this. */
  readonly refusedAs?: ErrorCode;
  /** Of requests that are cancelled on their way. */
  readonly cancelled?: number;
  /** While the storm lasts, it gives its network back and loads it again this often. */
  readonly reloadMs?: number;
  /** The client's own bounds; those of the library if left out. */
  readonly inFlightMax?: number;
  readonly queuedMax?: number;
}

export type Victim = 'device' | 'node' | 'coordinator' | 'leader' | 'client';

export type FaultPlan = {
  /** From the end of one to the beginning of the next. */
  readonly everyMs: Range;
  readonly lastsMs: Range;
} & (
  | {
      readonly what: /** Memory is lost at once; it is started again afterwards. */
        | 'crash'
        /** It ends in order, and is started again. */
        | 'stop'
        /** Nothing runs in it; then everything that has waited. */
        | 'pause'
        /** Nothing of what it sends arrives; nothing arrives at it; neither. */
        | 'mute'
        | 'deafen'
        | 'isolate'
        /** What it sends, and what is for it, is held back and arrives in one go. */
        | 'clog'
        /** Its connection to the server is closed, which it knows. */
        | 'disconnect';
      readonly who: Victim;
    }
  | {readonly what: 'slow' | 'stuck'; readonly who: 'device'}
  | {readonly what: 'down' | 'slow'; readonly who: 'store'}
  /** A second node of the same name is started. */
  | {readonly what: 'twin'; readonly who: 'node'}
);

/** Who there is, what goes wrong, and what is asked of them meanwhile. */
export interface Scenario {
  readonly name: string;
  /** A sentence. */
  readonly about: string;
  readonly nodes: readonly NodePlan[];
  readonly coordinators: number;
  readonly clients: readonly ClientPlan[];
  readonly weather: Weather;
  readonly faults: readonly FaultPlan[];
  /** How long all that goes on. */
  readonly stormMs: number;
  /** Afterwards, everything works again within this time. */
  readonly recoveryMsMax: number;
  /** No device is troubled: no deployment has a reason to change. */
  readonly steady?: boolean;
  /** What no seed may come to. */
  readonly never?: readonly string[];
  /** How many seeds the tests run it with; fewer where much is going on. */
  readonly seeds: number;
  /** Hard cases that some of the seeds must come to. */
  readonly sometimes: readonly string[];
}
