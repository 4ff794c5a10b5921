import test from 'ava';
import {formatProgress, ProgressBar} from '../../../src/cli/progress-bar.js';
import type {Terminal} from '../../../src/cli/terminal.js';

const terminal: Terminal = {isTty: true, columns: 50, colour: false, unicode: true};

function watched(isTty: boolean) {
  const written: string[] = [];
  const time = {nowMs: 1000};
  const bar = new ProgressBar({
    label: 'Infer',
    total: 10,
    terminal: {...terminal, isTty},
    clock: {now: () => time.nowMs},
    write: text => written.push(text),
  });
  return {bar, written, time};
}

test('the bar, the count, the share and the time left fit on one line', t => {
  const state = {label: 'Infer', total: 100, terminal, done: 50, elapsedMs: 2500};
  t.is(formatProgress(state), 'Infer ████████░░░░░░░░░   50/100   50 %  3 s left');
  t.is(
    formatProgress({...state, terminal: {...terminal, unicode: false}}),
    'Infer ########.........   50/100   50 %  3 s left',
  );
});

test('a narrow terminal loses the bar, and then the rest, but never breaks the line', t => {
  const state = {label: 'Infer', total: 100, terminal, done: 100, elapsedMs: 2500};
  t.is(formatProgress({...state, terminal: {...terminal, columns: 20}}), 'Infer   100/100  10');
});

test('no time is promised at the start or the end, and nothing to do is done', t => {
  const state = {label: 'Infer', total: 4, terminal, done: 0, elapsedMs: 0};
  t.regex(formatProgress(state), /0\/4 {4}0 %$/);
  t.regex(formatProgress({...state, done: 4}), /4\/4 {2}100 %$/);
  t.regex(formatProgress({...state, total: 0}), /100 %$/);
});

test('it is drawn at most every 100 ms and once at the end', t => {
  const {bar, written, time} = watched(true);
  bar.update(1);
  bar.update(2);
  time.nowMs += 99;
  bar.update(3);
  t.is(written.length, 1);
  time.nowMs += 1;
  bar.update(4);
  t.is(written.length, 2);
  t.regex(written[1] ?? '', /^\rInfer .* 4\/10 .*\[K$/);
  bar.update(10);
  bar.finish();
  t.regex(written.slice(2).join(''), /^\rInfer .*10\/10 {2}100 %.\[K\n$/);
});

test('nothing is written where there is no terminal', t => {
  const {bar, written} = watched(false);
  bar.update(5);
  bar.finish();
  t.deepEqual(written, []);
});
