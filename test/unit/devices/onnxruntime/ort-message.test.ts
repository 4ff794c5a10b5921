import test from 'ava';
import {failedOperation, usefulMessage} from '../../../../devices/onnxruntime/ort-message.js';

const messages: readonly (readonly [string, string])[] = [
  [
    "Can't create a session. ERROR_CODE: 10, ERROR_MESSAGE: This is an invalid model. Type Error: " +
      "Type 'tensor(uint8)' of input parameter (x) of operator (Conv) in node (op) is invalid.",
    "Type Error: Type 'tensor(uint8)' of input parameter (x) of operator (Conv) in node (op) is " +
      'invalid.',
  ],
  [
    'This is an invalid model. In Node, ("n", Nope, "", -1) : ("x": tensor(float),) -> ("y",) , ' +
      'Error No Op registered for Nope with domain_version of 17',
    'No Op registered for Nope with domain_version of 17',
  ],
  [
    "Non-zero status code returned while running Reshape node. Name:'r' Status Message: " +
      '/src/core/providers/cpu/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(' +
      'const onnxruntime::TensorShape&, bool) input_shape_size == requested_shape_size was false. ' +
      'The input tensor cannot be reshaped to the requested shape. Input shape:{2}\n',
    'The input tensor cannot be reshaped to the requested shape. Input shape:{2}',
  ],
  [
    'failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: Non-zero status code returned while ' +
      "running MatMul node. Name:'m' Status Message: matmul_helper.h:61 Compute MatMul dimension " +
      'mismatch',
    'MatMul dimension mismatch',
  ],
  [
    'Got invalid dimensions for input: x for the following indices\n index: 0 Got: 3 Expected: 2\n',
    'Got invalid dimensions for input: x for the following indices index: 0 Got: 3 Expected: 2',
  ],
  [
    'failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc',
    'out of memory (std::bad_alloc)',
  ],
];

for (const [given, useful] of messages) {
  test(`only the useful part is left of: ${given.slice(0, 60)}`, t => {
    t.is(usefulMessage(new Error(given)), useful);
  });
}

test('a message without end is cut', t => {
  t.true(usefulMessage(new Error('x'.repeat(10_000))).length < 500);
});

test('the operation that failed is told, whatever its name', t => {
  const failed = (name: string) =>
    new Error(
      `Non-zero status code returned while running Add node. Name:'${name}' Status Message: no`,
    );
  t.is(failedOperation(failed("it's")), "it's");
  t.is(failedOperation(new Error('Invalid rank for input: x')), undefined);
});
