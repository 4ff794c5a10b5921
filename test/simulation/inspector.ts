import type {Reply} from '../../schemas/messages/ask.js';
import type {StageStats} from '../../schemas/messages/stage.js';
import type {Cluster} from './cluster.js';
import type {DeviceProcess} from './device-process.js';

const address = 'inspector';

/** Looks into every stage, as its host can: none holds more than its bound. */
export function inspectStages({devices, world}: Cluster): void {
  for (const device of devices) {
    if (!device.process.runs) continue;
    inspect(device, what => world.broken.report('nothing is over its bound', what));
  }
}

function inspect({process, plugin}: DeviceProcess, report: (what: string) => void): void {
  const {transport} = process;
  const stages = plugin.stages.filter(stage => transport.listensAt(stage));
  if (stages.length === 0) return;
  let awaited = stages.length;
  const listening = transport.listen(address, {
    deliver: ({message}) => {
      const reply = message as Reply;
      const load = reply.ok ? (reply.value as StageStats).load : 0;
      const stage = stages[reply.id] ?? '';
      const loadMax = plugin.loadMax(stage);
      if (load > loadMax) report(`${stage} holds ${load} requests, at most ${loadMax}`);
      awaited -= 1;
      if (awaited === 0) listening.stop();
    },
  });
  for (const [id, to] of stages.entries()) {
    const message = {kind: 'stats', ask: {from: address, id}};
    transport.send(to, {message, tensors: new Map(), owned: false});
  }
}
