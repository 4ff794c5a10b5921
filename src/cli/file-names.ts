const charactersMax = 200;

/**
 * A file's name for each name of a value, which may hold anything. No two are the same, not even
 * where upper and lower case are.
 */
export function fileNames(names: readonly string[], extension: string): readonly string[] {
  const taken = new Set<string>();
  return names.map(name => {
    const plain = name.replace(/[^\w.-]/g, '_').slice(0, charactersMax);
    let file = plain;
    for (let count = 2; taken.has(file.toLowerCase()); count++) file = `${plain}_${count}`;
    taken.add(file.toLowerCase());
    return file + extension;
  });
}
