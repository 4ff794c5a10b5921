import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {DeviceProcesses} from '../../../src/app/device-processes.js';
import {childPids} from '../../support/child-processes.js';

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

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
