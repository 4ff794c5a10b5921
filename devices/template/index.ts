import type {Plugin} from '../../src/plugin/plugin.js';
import {TemplatePlugin} from './plugin.js';

/** The one export of a plugin's module. */
export function createPluginEngine(): Plugin {
  return new TemplatePlugin();
}
