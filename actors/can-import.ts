import {
  type CompiledRef,
  importSupportSchema,
  type RuntimeRequirements,
} from '../schemas/compiled-network.js';
import type {DeviceDescription} from '../schemas/device.js';
import type {DeviceMessage} from '../schemas/messages/device.js';
import type {ImportOrder} from '../schemas/split-order.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {parseDeviceExpression} from '../src/plan/device-expression.js';
import {expressionDevices} from '../src/plan/expression-devices.js';
import {matchesDevice} from '../src/plan/resolve-device.js';

/** A device that is to import something. */
export interface Importer {
  readonly device: DeviceDescription;
  readonly compiled: CompiledRef;
}

/** What importers answered: an error for each that cannot. */
export interface ImportProblems {
  of(importer: Importer): InferenceError | undefined;
}

const canImportTimeoutMs = 60_000;

const parseSupport = messageParser(importSupportSchema, 'answer to canImport');

/** Asks each device once about each set of requirements. */
export function* askImporters(importers: readonly Importer[]): Flow<ImportProblems> {
  const asked = new Map(importers.map(importer => [keyOf(importer), importer]));
  const questions = [...asked.values()].map(canImportQuestion);
  const outcomes = (yield {wait: 'ask', questions}) as Outcome[];
  const problems = new Map(
    [...asked].map(([key, importer], at) => [key, problemOf(importer, outcomes[at])]),
  );
  return {of: importer => problems.get(keyOf(importer))};
}

/**
 * Of the devices that an order may mean, the addresses of those that cannot import some stage which
 * was compiled on their kind. Throws INVALID_DEVICE.
 */
export function* findUnfit(
  {exported, device: expression}: ImportOrder,
  devices: readonly DeviceDescription[],
): Flow<ReadonlySet<string>> {
  const named = expressionDevices(parseDeviceExpression(expression));
  const meant = devices.filter(device => named?.some(name => matchesDevice(name, device)) ?? true);
  const stages = exported.variants.flatMap(variant => variant.stages);
  const importers = meant.flatMap(device =>
    stages.flatMap(({kind, compiled}) =>
      compiled === null || kind !== device.kind ? [] : [{device, compiled}],
    ),
  );
  const problems = yield* askImporters(importers);
  const unfit = importers.filter(importer => problems.of(importer) !== undefined);
  return new Set(unfit.map(({device}) => device.address));
}

function problemOf(
  {device: {name: device}}: Importer,
  outcome: Outcome | undefined,
): InferenceError | undefined {
  if (!outcome?.ok) return InferenceError.from(outcome?.error).at({device});
  const support = parseSupport(outcome.value);
  if (support.supported) return undefined;
  const text = `${device} cannot import what was exported: ${support.reason}`;
  return new InferenceError('BLOB_INCOMPATIBLE', text, {device});
}

function keyOf({device, compiled}: Importer): string {
  const requirements: RuntimeRequirements = compiled.requirements;
  return JSON.stringify([device.address, Object.entries(requirements).sort()]);
}

function canImportQuestion({device, compiled: {requirements}}: Importer): Question {
  const text = `${device.name} is gone`;
  return {
    to: device.address,
    timeoutMs: canImportTimeoutMs,
    absent: () => new InferenceError('DEVICE_LOST', text, {device: device.name}),
    message: (ask): DeviceMessage => ({kind: 'canImport', ask, requirements}),
  };
}
