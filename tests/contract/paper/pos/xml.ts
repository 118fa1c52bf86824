import { unmappable } from '#connector-sdk/mapping.ts';

/** An element as JSON: attributes by `@name`, its text as `#text`, children by name, each a list. */
export type Xml = { readonly [key: string]: string | readonly Xml[] };

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const plain = (text: string) =>
  text.replace(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|([a-z]+));/g,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(digits) : Number.parseInt(hex, 16));
    },
  );

/**
 * Reads the elements, attributes and texts of a document: enough for a paper, without namespaces, DTD or CDATA.
 * @throws UnmappableError when an element is not closed
 */
export function parseXml(text: string): Xml {
  const root: Record<string, string | Xml[]> = {};
  const open: { name: string; element: Record<string, string | Xml[]> }[] = [{ name: '', element: root }];
  for (const [token, tag, words] of text
    .replace(/<\?.*?\?>|<!--.*?-->/gs, '')
    .matchAll(/<(\/?[\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>|[^<]+/g)) {
    const top = open.at(-1);
    if (top === undefined) break;
    if (tag === undefined) {
      if (token.trim() !== '') top.element['#text'] = plain(token.trim());
    } else if (tag.startsWith('/')) {
      if (top.name !== tag.slice(1)) throw unmappable(tag.slice(1), `closes <${top.name}>`);
      open.pop();
    } else {
      const element: Record<string, string | Xml[]> = {};
      for (const [, name = '', first, second] of (words ?? '').matchAll(
        /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
      ))
        element[`@${name}`] = plain(first ?? second ?? '');
      const siblings = top.element[tag];
      if (Array.isArray(siblings)) siblings.push(element);
      else top.element[tag] = [element];
      if (!token.endsWith('/>')) open.push({ name: tag, element });
    }
  }
  if (open.length !== 1) throw unmappable(open.at(-1)?.name ?? '', 'is not closed');
  return root;
}

/** An element with the way to it, so that a refusal can name it. */
export class Node {
  readonly xml: Xml;
  readonly path: string;
  constructor(xml: Xml, path: string) {
    this.xml = xml;
    this.path = path;
  }
  all(name: string): readonly Node[] {
    const children = this.xml[name];
    return Array.isArray(children)
      ? children.map(
          (child: Xml, index) =>
            new Node(child, `${this.path === '' ? '' : `${this.path}.`}${name}[${index}]`),
        )
      : [];
  }
  first(name: string): Node | null {
    return this.all(name)[0] ?? null;
  }
  optional(name: string): string | null {
    const text = this.first(name)?.xml['#text'];
    return typeof text === 'string' ? text : null;
  }
  attribute(name: string): string | null {
    const value = this.xml[`@${name}`];
    return typeof value === 'string' ? value : null;
  }
  /** @throws UnmappableError naming the path */
  text(name: string): string {
    const text = this.optional(name);
    if (text === null) throw unmappable(`${this.path}.${name}`, 'is missing');
    return text;
  }
  /** What of it is not read, for the extensions. */
  rest(read: readonly string[]): { readonly [key: string]: string | readonly Xml[] } {
    return Object.fromEntries(Object.entries(this.xml).filter(([name]) => !read.includes(name)));
  }
}
