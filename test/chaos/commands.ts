/** Arguments of the heterodyne command. */
export function coordinator(servers: string): readonly string[] {
  return ['coordinator', '--servers', servers];
}

export function node(servers: string, name: string, devices = 'CPU'): readonly string[] {
  return ['node', '--servers', servers, '--name', name, '--devices', devices];
}

/** One coordinator, and two nodes with a CPU each. */
export function twoNodes(servers: string): Readonly<Record<string, readonly string[]>> {
  return {
    coordinator: coordinator(servers),
    'node-a': node(servers, 'node-a'),
    'node-b': node(servers, 'node-b'),
  };
}
