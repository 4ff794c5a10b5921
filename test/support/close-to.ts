import type {NamedTensors, TensorData} from '../../schemas/tensor.js';

const relative = 1e-4;
const absolute = 1e-5;

/**
 * What `given` has that is not as expected, one line each: float32 elements may differ as devices
 * round, all else is the same to the last bit.
 */
export function differences(given: NamedTensors, expected: NamedTensors): readonly string[] {
  const names = new Set([...given.keys(), ...expected.keys()]);
  return [...names].flatMap(name => {
    const difference = differenceOf(given.get(name), expected.get(name));
    return difference === undefined ? [] : [`${name}: ${difference}`];
  });
}

function differenceOf(given?: TensorData, expected?: TensorData): string | undefined {
  if (given === undefined || expected === undefined) return given === undefined ? 'none' : 'extra';
  const [was, is] = [expected, given].map(({type, shape}) => `${type}[${shape}]`);
  if (was !== is) return `expected ${was}, given ${is}`;
  const at = [...expected.data].findIndex((value, index) => {
    const other = given.data[index];
    return expected.type === 'f32' ? !isClose(Number(other), Number(value)) : other !== value;
  });
  return at < 0 ? undefined : `expected ${expected.data[at]} at ${at}, given ${given.data[at]}`;
}

function isClose(given: number, expected: number): boolean {
  if (Object.is(given, expected)) return true;
  return Math.abs(given - expected) <= absolute + relative * Math.abs(expected);
}
