import test from 'ava';
import {operationRoles} from '../../../../src/plan/constants.js';
import {planGraph} from '../../../support/plan-graph.js';

function roles(drawing: string): Readonly<Record<string, string>> {
  const graph = planGraph(drawing);
  const {constant, placed} = operationRoles(graph);
  return Object.fromEntries(
    graph.operations.map(({name}, at) => {
      const words = [...(constant[at] ? ['constant'] : []), ...(placed[at] ? ['placed'] : [])];
      return [name, words.join(' ')];
    }),
  );
}

test('what depends on initializers alone is constant, through other constants too', t => {
  const drawing = `inputs x
    weights w=4
    overridable s=4
    a: w -> wa
    b: wa s -> wb
    none: -> wn
    c: x wb wn -> y
    outputs y`;
  t.deepEqual(roles(drawing), {a: 'constant', b: 'constant', none: 'constant', c: 'placed'});
});

test('a random operation and all that depends on it are no constants', t => {
  const drawing = `weights w=4
    ~noise: w -> n
    a: n -> y
    outputs y`;
  t.deepEqual(roles(drawing), {noise: 'placed', a: 'placed'});
});

test('a constant that is a network output is placed, those it needs are not', t => {
  const drawing = `inputs x
    weights w=4
    a: w -> wa
    b: wa -> wb
    c: x wb -> y
    outputs y wb`;
  t.deepEqual(roles(drawing), {a: 'constant', b: 'constant placed', c: 'placed'});
});

test('what no network output needs is not placed', t => {
  const drawing = `inputs x
    a: x -> u v
    dead: v -> w
    dying: w -> z
    outputs u`;
  t.deepEqual(roles(drawing), {a: 'placed', dead: '', dying: ''});
});
