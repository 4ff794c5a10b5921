import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

interface Room {
  /** Rooms that it may import besides itself. */
  readonly imports: readonly string[];
  /** npm packages and Node modules that it may import. */
  readonly packages: readonly string[];
  /** Takes time and chance from ports only. */
  readonly pure?: boolean;
}

const contracts = ['schemas', 'src/errors', 'src/ports', 'src/nearest-name'];
const pureNetwork = [...contracts, 'src/network'];

/** Virtual devices are policies: they choose among devices, and touch none. */
const virtualDevices: Readonly<Record<string, Room>> = Object.fromEntries(
  ['devices/hetero', 'devices/multi', 'devices/auto', 'devices/batch'].map(name => {
    const imports = [...contracts, 'src/plan', 'src/plugin/config', 'devices/multi'];
    return [name, {imports, packages: [], pure: true}];
  }),
);

/** The architecture: which rooms each room may see. The longest matching name is a file's room. */
const rooms: Readonly<Record<string, Room>> = {
  schemas: {imports: [], packages: ['zod'], pure: true},
  'src/errors': {imports: ['schemas'], packages: [], pure: true},
  'src/nearest-name': {imports: [], packages: [], pure: true},
  'src/tensor': {imports: [...contracts, 'src/tensor-check'], packages: [], pure: true},
  'src/tensor-check': {imports: contracts, packages: [], pure: true},
  'src/ports': {imports: ['schemas', 'src/errors'], packages: [], pure: true},
  'src/network': {imports: contracts, packages: ['@bufbuild/protobuf'], pure: true},
  'src/transform': {imports: pureNetwork, packages: ['@bufbuild/protobuf'], pure: true},
  'src/plan': {imports: contracts, packages: [], pure: true},
  'src/kernel': {imports: contracts, packages: ['zod'], pure: true},
  actors: {
    imports: [
      ...contracts,
      'src/kernel',
      'src/plan',
      'src/tensor-check',
      'src/plugin/config',
      ...Object.keys(virtualDevices),
    ],
    packages: [],
    pure: true,
  },
  'src/plugin/unknown-key': {imports: contracts, packages: [], pure: true},
  'src/plugin/config': {
    imports: [...contracts, 'src/plugin/unknown-key'],
    packages: [],
    pure: true,
  },
  ...virtualDevices,
  'src/plugin': {
    imports: [...pureNetwork, 'src/plugin/config', 'src/plugin/unknown-key', 'src/tensor-check'],
    packages: ['node:*', 'piscina'],
  },
  devices: {
    imports: [
      ...pureNetwork,
      'src/plugin',
      'src/plugin/config',
      'src/plugin/unknown-key',
      'src/tensor-check',
    ],
    packages: ['node:*', 'piscina', 'onnxruntime-node', 'onnxruntime-web', 'onnxruntime-common'],
  },
  'src/image': {imports: contracts, packages: ['node:*', 'jpeg-js']},
  'src/wire': {
    imports: [...contracts, 'src/tensor-check'],
    packages: ['node:*', 'nats', 'msgpackr', 'zod'],
  },
  'src/client': {
    imports: [
      ...pureNetwork,
      'src/transform',
      'src/plan',
      'src/kernel',
      'src/image',
      'src/plugin',
      'src/plugin/config',
      'src/plugin/unknown-key',
      'src/tensor',
      'src/tensor-check',
      'actors',
    ],
    packages: ['node:*', 'zod'],
  },
  'src/app': {imports: ['*'], packages: ['node:*', 'zod', 'pino']},
  'src/cli': {imports: ['*'], packages: ['node:*', 'commander', 'zod']},
  'src/index': {imports: ['*'], packages: []},
};

const impure: readonly RegExp[] = [
  /\bDate\b/,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\brandomUUID\b/,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bprocess\./,
];

const linesMax = 400;
/** The formatter keeps code to 100; a comment may end a word later. */
const columnsMax = 105;
const banned = /(^|\/)(utils|helpers|common|types|manager|misc)\.ts$/;

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.ts') && !name.includes('generated'))
    .map(name => join(folder, name))
    .map(path => ({path, lines: readFileSync(join(root, path), 'utf8').split('\n')}));
}

const sources = ['schemas', 'src', 'actors', 'devices'].flatMap(sourcesUnder);

function roomOf(path: string): string | undefined {
  const module = path.replace(/\.(ts|js)$/, '');
  return Object.keys(rooms)
    .filter(name => module === name || module.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf({lines}: Source): {readonly line: number; readonly target: string}[] {
  return lines.flatMap((text, index) => {
    const match = /^(?:import|export|\}) .*\bfrom '([^']+)'|\bimport\('([^']+)'\)/.exec(text);
    const target = match?.[1] ?? match?.[2];
    return target === undefined ? [] : [{line: index + 1, target}];
  });
}

function packageAllowed(room: Room, target: string): boolean {
  if (target.startsWith('node:')) return room.packages.includes('node:*');
  return room.packages.some(name => target === name || target.startsWith(`${name}/`));
}

function importFaults(source: Source): string[] {
  const name = roomOf(source.path);
  const room = name === undefined ? undefined : rooms[name];
  if (name === undefined || room === undefined) return [`${source.path}: is in no room`];
  return importsOf(source).flatMap(({line, target}) => {
    const fault = `${source.path}:${line}: may not import ${target}`;
    if (!target.startsWith('.')) return packageAllowed(room, target) ? [] : [fault];
    const path = normalize(join(dirname(source.path), target));
    const to = roomOf(relative('.', path));
    if (to === undefined) return [fault];
    if (to === 'src/app' && !['src/app', 'src/cli', 'src/index'].includes(name)) return [fault];
    const allowed = to === name || room.imports.includes('*') || room.imports.includes(to);
    return allowed ? [] : [fault];
  });
}

test('rooms import only what the architecture lets them', t => {
  t.deepEqual(sources.flatMap(importFaults), []);
});

test('pure rooms, the kernel and the actors take time and chance from ports', t => {
  const faults = sources
    .filter(({path}) => rooms[roomOf(path) ?? '']?.pure)
    .flatMap(({path, lines}) =>
      lines.flatMap((text, index) => {
        const code = text.replace(/\/\/.*$|^\s*(\/?\*).*$/, '').replace(/'[^']*'/g, "''");
        return impure.some(pattern => pattern.test(code)) ? [`${path}:${index + 1}: ${text}`] : [];
      }),
    );
  t.deepEqual(faults, []);
});

test('every QUEUE_FULL says when to come back', t => {
  const making = "new InferenceError('QUEUE_FULL'";
  const makers = sources.filter(({lines}) => lines.some(text => text.includes(making)));
  t.deepEqual(
    makers.map(({path}) => path),
    ['src/errors.ts'],
    'others call queueFull',
  );
});

test('files are small, narrow, and named for what they export', t => {
  const everything = [...sources, ...['test', 'bench', 'examples'].flatMap(sourcesUnder)];
  const faults = everything.flatMap(({path, lines}) => [
    ...(lines.length > linesMax + 1 ? [`${path}: ${lines.length} lines`] : []),
    ...(banned.test(path) ? [`${path}: says nothing about what it holds`] : []),
    ...lines.flatMap((text, index) =>
      text.length > columnsMax ? [`${path}:${index + 1}: ${text.length} columns`] : [],
    ),
  ]);
  t.deepEqual(faults, []);
});
