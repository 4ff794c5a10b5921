import {createPluginEngine as createCpu} from '../../devices/cpu/index.js';
import {createPluginEngine as createTemplate} from '../../devices/template/index.js';
import {createPluginEngine as createWasm} from '../../devices/wasm/index.js';
import {conformsToPlugin} from './plugin.js';

conformsToPlugin('CPU', createCpu);
conformsToPlugin('WASM', createWasm);
conformsToPlugin('TEMPLATE', createTemplate);
