import type {DeviceDescription} from '../../schemas/device.js';
import {InferenceError} from '../../src/errors.js';
import {
  type CountedDevice,
  type DeviceExpression,
  formatDeviceExpression,
  type NamedDevice,
} from '../../src/plan/device-expression.js';
import {matchesDevice} from '../../src/plan/resolve-device.js';
import type {DeviceChoice, Wish, Wishes} from '../../src/plan/wish.js';
import {standardConfig} from '../../src/plugin/config.js';
import {allAtOnce} from '../multi/multi-policy.js';

type Auto = DeviceExpression & {readonly form: 'auto'};

/** Who comes first if the user does not say; kinds that are not here come after GPU. */
const kindsLast = ['CPU', 'WASM'];
/** Used only where the user names it: made to be read, not to be fast. */
const referenceKind = 'TEMPLATE';

/**
 * AUTO: the first device that takes the whole network, in the user's order or, where the user names
 * none, GPU, then others, then CPU, then WASM; with CUMULATIVE_THROUGHPUT all of them at once, as
 * MULTI. Until a device that is no CPU has compiled the network a CPU serves it
 * (ENABLE_STARTUP_FALLBACK); devices that a network of higher MODEL_PRIORITY uses come last.
 */
export function autoPolicy(expression: Auto, choice: DeviceChoice): Wishes {
  const {PERFORMANCE_HINT, ENABLE_STARTUP_FALLBACK} = standardConfig(choice.config);
  const members = membersOf(expression, choice);
  if (PERFORMANCE_HINT === 'CUMULATIVE_THROUGHPUT') return allAtOnce(members, choice);
  const list = members.flatMap(({device}): readonly Wish[] => {
    const wishes = choice.wishesOf(device);
    if (wishes.list.length < 2) return wishes.list;
    const text = `expected members of AUTO that run alone, given ${formatDeviceExpression(device)}`;
    throw new InferenceError('INVALID_DEVICE', text);
  });
  const free = list.filter(wish => !isReserved(wish, choice));
  const inOrder = [...free, ...list.filter(wish => !free.includes(wish))];
  return {mode: 'first', list: inOrder, helper: ENABLE_STARTUP_FALLBACK ? helperOf(inOrder) : null};
}

function membersOf(expression: Auto, choice: DeviceChoice): readonly CountedDevice[] {
  const isExcluded = (device: DeviceDescription) =>
    expression.excluded.some(name => matchesDevice(name, device));
  if (expression.devices.length > 0) return expression.devices;
  const names = [...choice.devices]
    .filter(device => device.kind !== referenceKind && !isExcluded(device))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    .map(nameOf);
  if (names.length > 0) return names.map(device => ({device, requests: null}));
  const text = `expected a device for ${formatDeviceExpression(expression)}, there is none`;
  throw new InferenceError('UNKNOWN_DEVICE', text);
}

function rank({kind}: DeviceDescription): number {
  if (kind === 'GPU') return 0;
  const last = kindsLast.indexOf(kind);
  return last < 0 ? 1 : 2 + last;
}

function nameOf({node, kind, id}: DeviceDescription): NamedDevice {
  return {form: 'device', node, kind, id: id === '' ? null : id};
}

/** A CPU, if it is not the first choice itself: it compiles soonest. */
function helperOf(list: readonly Wish[]): Wish | null {
  const [first] = list;
  const helper = list.find(isCpu);
  return helper === undefined || helper === first || (first !== undefined && isCpu(first))
    ? null
    : helper;
}

function isCpu({chosen}: Wish): boolean {
  return chosen.every(({devices}) => devices.every(({kind}) => kind === 'CPU'));
}

function isReserved({chosen}: Wish, choice: DeviceChoice): boolean {
  return chosen.some(({devices}) => devices.some(device => choice.isReserved(device)));
}
