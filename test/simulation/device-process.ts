import {Device} from '../../actors/device.js';
import {deviceAddress} from '../../schemas/addresses.js';
import type {DeviceDescription} from '../../schemas/device.js';
import type {Cluster} from './cluster.js';
import type {DeviceKind} from './scenario.js';
import {SimulatedPlugin} from './simulated-plugin.js';
import {SimulatedProcess} from './simulated-process.js';

const settings = {
  plugin: 'plugin',
  heartbeatMs: 1000,
  leaseMs: 4000,
  stagesMax: 16,
  idleMs: 1000,
  leaveMsMax: 15_000,
};

/** The process of one plugin, which has one device. */
export class DeviceProcess {
  readonly process: SimulatedProcess;
  readonly plugin: SimulatedPlugin;
  readonly description: DeviceDescription;

  /** `restarts`: how often this node had started one before. */
  constructor(node: string, kind: DeviceKind, restarts: number, cluster: Cluster) {
    const {world, shelf, poisonings, nextName} = cluster;
    const name = `${node}/${kind.kind}`;
    this.process = new SimulatedProcess(nextName(name), world);
    poisonings.starts(name, restarts);
    const {system, random} = this.process;
    this.plugin = new SimulatedPlugin(this.process, {device: name, kind, world, shelf, poisonings});
    system.provide(settings.plugin, this.plugin);
    this.description = {
      name,
      node,
      kind: kind.kind,
      id: '',
      fullName: name,
      plugin: kind.kind,
      pluginVersion: '1.0.0',
      address: deviceAddress(random.id()),
      restarts,
      capabilities: ['FP32'],
    };
    const {description} = this;
    system.spawn(description.address, new Device({description, ...settings}), () => this.#end());
  }

  /** Says goodbye, and ends once nothing is under way there. */
  stop(): void {
    const {system} = this.process;
    this.process.enter(() => system.tell(this.description.address, {kind: 'leave'}));
  }

  #end(): void {
    this.process.system.stop(this.description.address);
    this.process.crash('ends');
  }
}
