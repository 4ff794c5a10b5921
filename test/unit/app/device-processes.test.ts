import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {DeviceProcesses} from '../../../src/app/device-processes.js';
import {childPids} from '../../support/child-processes.js';
import {metricValue} from '../../support/metric-value.js';

const program = process.execPath;
const onLinux = existsSync('/proc/self/stat') ? test.serial : test.skip;

/** Kills a process, and waits until nothing of it is left but its status. */
function killed(pid: number): void {
  process.kill(pid, 'SIGKILL');
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

onLinux('a process that dies before it is told what to run has ended as any other', async t => {
  const processes = new DeviceProcesses((plugin, restarts) => {
    childPids(process.pid).forEach(killed);
    const connect = {servers: 'nats://127.0.0.1:9'};
    return {kind: 'start', node: 'n', plugin, restarts, connect, cache: {}, logLevel: 'error'};
  });
  const ready = t.throwsAsync(processes.firstReady(['CPU']), {code: 'DEVICE_LOST'});
  t.is(await processes.run('CPU'), 'signal SIGKILL');
  await ready;
  const running = processes.run('CPU');
  await processes.close();
  t.is(await running, 'signal SIGKILL');
});

test.serial(
  'a process that cannot be started has ended, and who waits for it is told why',
  async t => {
    t.teardown(() => {
      process.execPath = program;
    });
    process.execPath = '/nowhere/node';
    const processes = new DeviceProcesses(() => ({kind: 'stop'}));
    const ready = t.throwsAsync(processes.firstReady(['CPU']));
    t.regex(await processes.run('CPU'), /ENOENT/);
    t.like(await ready, {code: 'DEVICE_LOST'});
    t.is(
      metricValue(await processes.metrics(), 'heterodyne_device_process_up', {plugin: 'CPU'}),
      0,
    );
    await processes.close();
  },
);

test.serial('a process that ends tells how', async t => {
  const processes = new DeviceProcesses(() => ({kind: 'stop'}));
  t.is(await processes.run('CPU'), 'exit status 0');
  await processes.close();
});
