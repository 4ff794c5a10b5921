import test from 'ava';
import {startEmbedded} from '../../../src/app/embedded.js';

test('what is no plugin is refused, and nothing is left running', async t => {
  for (const plugin of ['./my-chip/plugin.js', null, {}]) {
    await t.throwsAsync(startEmbedded({devices: [], plugins: [plugin as never]}), {
      code: 'INVALID_ARGUMENT',
      message: /plugins: expected what createPluginEngine\(\) of a plugin gives, given/,
    });
  }
});
