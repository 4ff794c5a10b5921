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
 * The kernels of a profile's last run, in their order; undefined if there is none in it. What ran
 * inside another kernel (the body of a Loop) counts to that: `withBodies` holds such nodes' names.
 */
export function lastRun(
  profile: string,
  withBodies: ReadonlySet<string>,
): readonly KernelEvent[] | undefined {
  const events = profile.split('\n').flatMap(parseLine);
  const run = events.findLast(({cat, name}) => cat === 'Session' && name === 'model_run');
  if (run === undefined) return undefined;
  const kernels = events.filter(
    event => event.cat === 'Node' && event.name.endsWith(suffix) && isWithin(event, run),
  );
  return outermost(kernels, withBodies).map(({name, dur, args}) => ({
    name: nodeName(name),
    type: args.op_name ?? '',
    realUs: dur,
    outputTypes: (args.output_type_shape ?? []).map(tensorText),
  }));
}

/** An event is written when it has ended: what is inside comes right before what is around it. */
function outermost(
  kernels: readonly TraceEvent[],
  withBodies: ReadonlySet<string>,
): readonly TraceEvent[] {
  const outer: TraceEvent[] = [];
  for (const event of kernels) {
    if (withBodies.has(nodeName(event.name))) {
      for (let last = outer.at(-1); last && isInside(last, event); last = outer.at(-1)) outer.pop();
    }
    outer.push(event);
  }
  return outer;
}

/** What took no time and ended as the other began was before it. */
function isInside(inner: TraceEvent, outer: TraceEvent): boolean {
  return isWithin(inner, outer) && endOf(inner) > outer.ts;
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
