import type {PluginNames} from './plugin-names.js';

/** What a new plugin's README says. */
export function pluginReadme({kind}: PluginNames): string {
  return `# ${kind}, a plugin for Heterodyne

| file | what it holds |
| --- | --- |
| \`plugin.js\` | the plugin: its devices, queries, loads; its one export is \`createPluginEngine()\` |
| \`executable-network.js\` | a network compiled for the device |
| \`infer-request.js\` | the four stages of one inference |
| \`operation-table.js\` | every operation that the device runs, and its kernels: **begin here** |
| \`kernel-worker.js\`, \`query-worker.js\` | the worker threads, so that nothing blocks |
| \`plugin.test.js\` | a test that loads a network and runs it |

\`\`\`sh
npm install heterodyne
npm test
npx heterodyne conformance --plugin ./plugin.js
npx heterodyne node --plugin ./plugin.js
npx heterodyne infer network.onnx -d HETERO:${kind},CPU
\`\`\`

Heterodyne's docs/PLUGINS.md explains each part.
`;
}
