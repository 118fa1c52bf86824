/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string };
type Part = Html | string | number | null | readonly Html[];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (each) => escapes[each] ?? each);

/** A template of markup: what is put into it is text, unless it is markup itself. */
export function html(frame: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const filled = parts.map((part): string => {
    if (part === null) return '';
    if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
    return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
  });
  return { markup: String.raw({ raw: frame }, ...filled) };
}
