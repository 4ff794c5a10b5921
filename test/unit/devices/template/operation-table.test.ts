import test from 'ava';
import {operationTable} from '../../../../devices/template/operation-table.js';
import type {ElementType} from '../../../../schemas/element-type.js';
import {tensorDifference} from '../../../../src/cli/conformance/tensor-difference.js';
import type {Claim} from '../../../../src/plugin/graph/claim.js';
import {caseNetwork, type OperationCase} from '../../../support/operation-case.js';
import {elementwiseCases} from '../../../support/operation-cases/elementwise.js';
import {layerCases} from '../../../support/operation-cases/layers.js';
import {movementCases} from '../../../support/operation-cases/movements.js';
import {reductionCases} from '../../../support/operation-cases/reductions.js';
import {runModel} from '../../../support/run-model.js';
import {runTemplate} from '../../../support/run-template.js';
import {SeededRandom} from '../../../support/seeded-random.js';

const cases = [...elementwiseCases, ...reductionCases, ...layerCases, ...movementCases];

function casesOf({type, since, until}: Claim): readonly OperationCase[] {
  return cases.filter(
    ({type: own, opset = 17}) => own === type && opset >= since && opset <= until,
  );
}

/** The types for which a claim's cases are run: those of `T`; one run if the case fixes all. */
function typesOf({signature}: Claim, {inputs}: OperationCase): readonly ElementType[] {
  const types = signature.typesOf('T');
  return inputs.every(input => input?.type !== undefined) || types.length === 0 ? ['f32'] : types;
}

/** What differs between TEMPLATE and ONNX Runtime; undefined if nothing. */
async function difference(each: OperationCase, type: ElementType, seed: number) {
  const {model, inputs} = caseNetwork(each, type, new SeededRandom(seed));
  const expected = await runModel(model, inputs);
  const given = runTemplate(model, inputs);
  for (const [name, tensor] of expected) {
    const own = given.get(name);
    const fault = own === undefined ? 'is missing' : tensorDifference(own, tensor);
    if (fault !== undefined) return `${name} ${fault}`;
  }
  return undefined;
}

test('TEMPLATE runs 60 operations and more', t => {
  t.true(new Set(operationTable.claims.map(({type}) => type)).size >= 60);
});

for (const claim of operationTable.claims) {
  const {type, since} = claim;
  test(`${type} from operator set ${since} on agrees with ONNX Runtime`, async t => {
    const own = casesOf(claim);
    t.true(own.length > 0, 'every claim has a case');
    for (const [index, each] of own.entries()) {
      for (const element of typesOf(claim, each)) {
        const place = `case ${index} for ${element}: ${JSON.stringify(
          each.attributes,
          (_, value) => (typeof value === 'bigint' ? Number(value) : value),
        )}`;
        try {
          t.is(await difference(each, element, index + 1), undefined, place);
        } catch (error) {
          t.fail(`${place}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  });
}
