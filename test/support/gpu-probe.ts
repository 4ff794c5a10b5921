import type {Placement} from '../../devices/gpu/placement.js';
import type {ProbeAnswer} from '../../devices/gpu/probe.js';

/** A probe's process whose provider crashes, hangs, leaves or works, as its name says. */
process.on('message', ({provider: {name}, device}: Placement) => {
  if (name === 'crashes') process.kill(process.pid, 'SIGSEGV');
  else if (name === 'leaves') process.exit(3);
  else if (name === 'hangs') while (true);
  else if (device < 2) process.send?.({works: true} satisfies ProbeAnswer);
  else process.send?.({works: false, why: 'there are two'} satisfies ProbeAnswer);
});
