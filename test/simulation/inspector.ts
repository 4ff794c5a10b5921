import type {Reply} from '../../schemas/messages/ask.js';
import type {StageStats} from '../../schemas/messages/stage.js';
import type {Cluster} from './cluster.js';
import type {DeviceProcess} from './device-process.js';
import type {DeviceKind} from './scenario.js';

const address = 'inspector';

/** Looks into every stage, as its host can: none holds more than its bound. */
export function inspectStages({devices, world}: Cluster, kinds: readonly DeviceKind[]): void {
  for (const device of devices) {
    if (!device.process.runs) continue;
    const kind = kinds.find(each => each.kind === device.description.kind);
    if (kind !== undefined)
      inspect(device, kind.slots + kind.queuedMax, what => {
        world.broken.report('nothing is over its bound', what);
      });
  }
}

function inspect(
  {process, plugin}: DeviceProcess,
  loadMax: number,
  report: (what: string) => void,
): void {
  const {transport} = process;
  const stages = plugin.stages.filter(stage => transport.listensAt(stage));
  if (stages.length === 0) return;
  let awaited = stages.length;
  const listening = transport.listen(address, {
    deliver: ({message}) => {
      const reply = message as Reply;
      const load = reply.ok ? (reply.value as StageStats).load : 0;
      if (load > loadMax) report(`${stages[reply.id]} holds ${load} requests, at most ${loadMax}`);
      awaited -= 1;
      if (awaited === 0) listening.stop();
    },
  });
  for (const [id, to] of stages.entries()) {
    const message = {kind: 'stats', ask: {from: address, id}};
    transport.send(to, {message, tensors: new Map(), owned: false});
  }
}
