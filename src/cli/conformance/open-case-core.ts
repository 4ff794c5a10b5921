import {Core} from '../../app/core.js';
import {createPlugin, pluginsFor} from '../../app/plugins.js';
import type {CaseSettings} from './case-messages.js';

/** The cluster that cases run in: the one to use, or one of this process with what it needs. */
export async function openCaseCore(settings: CaseSettings): Promise<Core> {
  const {connect, device, cutWith, plugin} = settings;
  if (connect !== null) return Core.connect(connect);
  const plugins = plugin === null ? [] : [await createPlugin(plugin)];
  return Core.embedded({devices: pluginsFor(device, cutWith ?? ''), plugins});
}
