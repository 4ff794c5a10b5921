import type {Tensor} from 'onnxruntime-node';
import {elementTypeOfOrt} from '../ort-tensor.js';

/** What one kernel did in a run. */
export interface KernelEvent {
  /** Of the node in the session's graph. */
  readonly name: string;
  /** Without its domain: `FusedConv`. */
  readonly type: string;
  readonly realUs: number;
  /** `f32[1,16,8,8]` for each output. */
  readonly outputTypes: readonly string[];
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds since the session began. */
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

const suffix = '_kernel_time';

/**
 * The kernels of a profile's last run, in their order. What ran inside another kernel (the body of a
 * Loop) counts to that: `withBodies` holds the names of such nodes.
 */
export function lastRun(profile: string, withBodies: ReadonlySet<string>): readonly KernelEvent[] {
  const events = profile.split('\n').flatMap(parseLine);
  const run = events.findLast(({cat, name}) => cat === 'Session' && name === 'model_run');
  if (run === undefined) return [];
  const kernels = events.filter(
    event => event.cat === 'Node' && event.name.endsWith(suffix) && isWithin(event, run),
  );
  const outer = [...kernels.entries()].filter(([, {name}]) => withBodies.has(nodeName(name)));
  // An event is written when it has ended: what is inside comes before what is around it.
  const isInner = (event: TraceEvent, at: number) =>
    outer.some(([place, other]) => at < place && isWithin(event, other) && endOf(event) > other.ts);
  return kernels
    .filter((event, at) => !isInner(event, at))
    .map(({name, dur, args}) => ({
      name: nodeName(name),
      type: args.op_name ?? '',
      realUs: dur,
      outputTypes: (args.output_type_shape ?? []).map(tensorText),
    }));
}

/** One event is on each line; names that hold quotes are not escaped, and such events are left out. */
function parseLine(line: string): readonly TraceEvent[] {
  try {
    return line.startsWith('{') ? [JSON.parse(line.replace(/,\s*$/, ''))] : [];
  } catch {
    return [];
  }
}

function isWithin(inner: TraceEvent, outer: TraceEvent): boolean {
  return inner.ts >= outer.ts && endOf(inner) <= endOf(outer);
}

function endOf({ts, dur}: TraceEvent): number {
  return ts + dur;
}

function nodeName(event: string): string {
  return event.slice(0, -suffix.length);
}

/** ONNX Runtime's own names for the types of C++ differ from those of its bindings. */
const bindingNames: Readonly<Record<string, string>> = {float: 'float32', double: 'float64'};

function tensorText(output: Readonly<Record<string, readonly number[]>>): string {
  const [[type, shape] = ['', []]] = Object.entries(output);
  const known = elementTypeOfOrt((bindingNames[type] ?? type) as Tensor.Type);
  return `${known ?? type}[${shape.join()}]`;
}
