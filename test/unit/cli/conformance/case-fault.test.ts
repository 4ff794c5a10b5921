import test from 'ava';
import {faultOf} from '../../../../src/cli/conformance/case-fault.js';
import {type ErrorCode, InferenceError} from '../../../../src/errors.js';

const outcomeOf = (code: ErrorCode) => faultOf(new InferenceError(code, 'as told')).outcome;

test('an error is a failure, unless it says that a device lacks something, hangs or is gone', t => {
  t.deepEqual(
    ['STAGE_FAILED', 'NOT_IMPLEMENTED', 'UNSUPPORTED_OPERATIONS'].map(code =>
      outcomeOf(code as ErrorCode),
    ),
    ['failed', 'unsupported', 'unsupported'],
  );
  t.is(outcomeOf('DEADLINE_EXCEEDED'), 'hanging');
  t.is(outcomeOf('DEVICE_LOST'), 'crashed');
});

test('what is no error of ours is a failure, with its message', t => {
  const {outcome, message} = faultOf(new TypeError('no such thing'));
  t.is(outcome, 'failed');
  t.regex(message, /no such thing/);
});
