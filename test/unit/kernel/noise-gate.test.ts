import test from 'ava';
import {stageMessageSchema} from '../../../schemas/messages/stage.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import {messageParser} from '../../../src/kernel/parse-message.js';
import {plainFrame} from '../../support/sample-tensors.js';
import {VirtualWorld} from '../../support/virtual-world.js';

test('a flood of messages that do not parse is no flood of warnings', async t => {
  const world = new VirtualWorld();
  const system = new ActorSystem(world);
  system.spawn('a', {parse: messageParser(stageMessageSchema, 'stage'), receive: () => []});
  const flood = async () => {
    const before = world.log.lines.length;
    for (let sent = 0; sent < 1000; sent++) world.transport.send('a', plainFrame('nonsense'));
    await world.settle();
    const lines = world.log.lines.slice(before);
    return ['warn', 'debug'].map(level => lines.filter(line => line.level === level).length);
  };
  t.deepEqual(await flood(), [20, 980]);
  t.deepEqual(await flood(), [0, 1000]);
  await world.advance(10_000);
  t.deepEqual(await flood(), [20, 980], 'it goes on, and is told again');
});
