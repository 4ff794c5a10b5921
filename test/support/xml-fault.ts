const entity = '&(?:lt|gt|amp|quot|apos|#\\d+|#x[\\da-fA-F]+);';
const name = '[A-Za-z_:][\\w:.-]*';
const attribute = `\\s+(${name})\\s*=\\s*(?:"(?:[^<&"]|${entity})*"|'(?:[^<&']|${entity})*')`;
const piece = new RegExp(
  `<\\?xml[^?]*\\?>|<!--(?:(?!--)[^])*-->|<(/?)(${name})((?:${attribute})*)\\s*(/?)>` +
    `|(?:[^<&]|${entity})+`,
  'y',
);

/** Why a text is no well-formed XML element (no doctype, no CDATA); undefined if it is one. */
export function xmlFault(text: string): string | undefined {
  const open: string[] = [];
  let roots = 0;
  piece.lastIndex = 0;
  for (let at = 0; at < text.length; at = piece.lastIndex) {
    const match = piece.exec(text);
    if (match === null) return `at ${at}: ${text.slice(at, at + 40)}`;
    const [whole, closes, element, attributes = '', , empty] = match;
    if (element === undefined) {
      if (open.length === 0 && /^[^<\s]/.test(whole.trimStart())) return `text outside: ${whole}`;
      continue;
    }
    if (closes) {
      if (open.pop() !== element) return `at ${at}: </${element}> closes another`;
      continue;
    }
    const names = [...attributes.matchAll(new RegExp(attribute, 'g'))].map(([, key]) => key);
    if (new Set(names).size < names.length) return `at ${at}: an attribute twice in <${element}>`;
    if (open.length === 0) roots++;
    if (!empty) open.push(element);
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  return roots === 1 ? undefined : `${roots} roots`;
}
