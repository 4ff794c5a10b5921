import test, {type ExecutionContext} from 'ava';
import {behaviours} from '../../src/cli/conformance/behaviour/behaviours.js';
import {runBehaviour} from '../../src/cli/conformance/behaviour/run-behaviour.js';
import {Core, type EmbeddedOptions} from '../../src/index.js';

/** Every behaviour that `heterodyne conformance` tries, on a device of a cluster in this process. */
export function behavesAs(
  device: string,
  optionsOf: (t: Pick<ExecutionContext, 'teardown'>) => Promise<EmbeddedOptions>,
): void {
  let shared: Promise<Core> | undefined;
  test.after.always(async () => (await shared)?.close());

  // Serial: each loads networks on threads of its own.
  for (const {area, name} of behaviours) {
    test.serial(`${device}, ${area}: ${name}`, async t => {
      const openCore = async () => Core.embedded(await optionsOf(t));
      shared ??= openCore();
      const {outcome, message} = await runBehaviour(name, await shared, {device, openCore});
      // A plugin with few kernels may say that it lacks one.
      if (outcome === 'unsupported') t.regex(message, /^UNSUPPORTED_OPERATIONS/);
      else t.deepEqual([outcome, message], ['passed', '']);
    });
  }
}
