import test from 'ava';
import fc from 'fast-check';
import {assignByCost, type CostRequest} from '../../../../src/plan/assign-by-cost.js';
import {RangeMinimum} from '../../../../src/plan/range-minimum.js';
import {candidate, planGraph} from '../../../support/plan-graph.js';

/** A row of operations; the values between them have these bytes (multiples of 4). */
function row(bytes: readonly number[]) {
  const lines = [...bytes, 4].map((_, at) => `o${at}: v${at} -> v${at + 1}`);
  const graph = planGraph(['inputs v0', ...lines, `outputs v${lines.length}`].join('\n'));
  const sized = bytes.map((size, at) => {
    return [`v${at + 1}`, {kind: 'tensor', type: 'f32', shape: [size / 4]}] as const;
  });
  return {...graph, values: new Map([...graph.values, ...sized])};
}

interface Case {
  readonly bytes: readonly number[];
  readonly work?: readonly number[];
  readonly speeds: readonly number[];
  readonly refused?: readonly Readonly<Record<string, string>>[];
  readonly latencyMs?: number;
  readonly bytesPerMs?: number;
}

function requestOf({bytes, work = [], speeds, refused = [], ...rest}: Case): CostRequest {
  const graph = row(bytes);
  const {latencyMs = 0, bytesPerMs = 1000} = rest;
  return {
    graph,
    candidates: speeds.map((speed, at) => ({
      ...candidate(`D${at}`, graph, refused[at]),
      speed,
    })),
    work: new Map(work.map((each, at) => [`o${at}`, each])),
    link: () => ({latencyMs, bytesPerMs}),
  };
}

function devices(of: Case): string {
  return [...assignByCost(requestOf(of)).affinity.values()].join(' ');
}

test('equal devices get equal halves', t => {
  t.is(devices({bytes: [4, 4, 4], speeds: [1, 1]}), 'D0 D0 D1 D1');
});

test('a device of three times the speed gets three times the work', t => {
  t.is(devices({bytes: [4, 4, 4], speeds: [1, 3]}), 'D1 D1 D1 D0');
});

test('what makes much and what reads it stay together', t => {
  t.is(devices({bytes: [4, 8000, 4], speeds: [1, 1]}), 'D0 D1 D1 D0');
});

test('a network stays on one device if the connection is slower than the work', t => {
  t.is(devices({bytes: [4, 4, 4], speeds: [1, 1], latencyMs: 10}), 'D0 D0 D0 D0');
});

test('a device gets only what it supports', t => {
  const refused = [{o1: 'no kernel'}, {o0: 'no kernel'}];
  t.is(devices({bytes: [4, 4, 4], speeds: [1, 1], refused}), 'D0 D1 D1 D0');
});

test('the reason tells the period and how far it may be from the least possible', t => {
  const {reasons, periodMs, atLeastMs} = assignByCost(requestOf({bytes: [4, 4], speeds: [1, 1]}));
  t.is(periodMs, 2);
  t.is(atLeastMs, 1.5);
  t.regex(reasons.get('o0') ?? '', /slowest part takes 2.00 ms, 1.33 × the least possible/);
});

test('what no device supports is refused as the fallback refuses it', t => {
  const refused = [{o1: 'no kernel'}];
  t.throws(() => devices({bytes: [4], speeds: [1], refused}), {
    code: 'UNSUPPORTED_OPERATIONS',
    message: /'o1' \(O1\): D0: no kernel/,
  });
  t.throws(() => devices({bytes: [4], speeds: []}), {code: 'UNKNOWN_DEVICE'});
});

test('a network without operations has nothing to assign', t => {
  const graph = planGraph('inputs x\noutputs x');
  const result = assignByCost({...requestOf({bytes: [], speeds: [1]}), graph});
  t.is(result.affinity.size, 0);
  t.is(result.periodMs, 0);
});

/** The least period of all assignments of a row, by trying each. */
function leastPeriod({bytes, work = [], speeds, latencyMs = 0, bytesPerMs = 1000}: Case): number {
  const operations = bytes.length + 1;
  let least = Number.POSITIVE_INFINITY;
  for (let code = 0; code < speeds.length ** operations; code++) {
    const device = Array.from({length: operations}, (_, at) => {
      return Math.floor(code / speeds.length ** at) % speeds.length;
    });
    const times = speeds.map((speed, at) => {
      const own = device.map((each, of) => (each === at ? (work[of] ?? 1) : 0));
      return own.reduce((sum, each) => sum + each, 0) / speed;
    });
    const sent = new Map<string, number>();
    bytes.forEach((size, at) => {
      const key = `${device[at]} ${device[at + 1]}`;
      if (device[at] !== device[at + 1]) sent.set(key, (sent.get(key) ?? 0) + size);
    });
    const transfers = [...sent.values()].map(size => latencyMs + size / bytesPerMs);
    least = Math.min(least, Math.max(...times, ...transfers));
  }
  return least;
}

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    bytes: fc.array(fc.integer({min: 1, max: 1000}), {minLength: 1, maxLength: 6}),
    work: fc.array(fc.integer({min: 1, max: 9}), {minLength: 7, maxLength: 7}),
    speeds: fc.array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 3}),
    latencyMs: fc.constantFrom(0, 1),
  })
  .map(({bytes, ...rest}) => ({...rest, bytes: bytes.map(size => size * 4)}));

test('the period lies between the bound and twice the least of all assignments', t => {
  const property = fc.property(anyCase, each => {
    const {periodMs, atLeastMs} = assignByCost(requestOf(each));
    const least = leastPeriod(each);
    return atLeastMs <= least + 1e-9 && least <= periodMs + 1e-9 && periodMs <= 2 * least + 1e-9;
  });
  // The factor is measured, not proven, hence one seed.
  t.notThrows(() => fc.assert(property, {numRuns: 300, seed: 1}));
});

test('the last small number is the one that a look at all of them finds', t => {
  const small = fc.integer({min: 0, max: 9});
  const any = fc.record({
    numbers: fc.array(small, {minLength: 1, maxLength: 20}),
    limit: small,
    from: fc.nat(20),
    to: fc.nat(20),
  });
  const property = fc.property(any, ({numbers, limit, from, to}) => {
    const last = Math.min(to, numbers.length - 1);
    const expected = numbers.findLastIndex(
      (number, at) => at >= from && at <= last && number <= limit,
    );
    const minimum = new RangeMinimum(Float64Array.from(numbers));
    return minimum.lastAtMost(limit, from, last) === expected;
  });
  t.notThrows(() => fc.assert(property, {numRuns: 1000}));
});
