/** Something about an order that its own fields contradict. `path` as in `lines[2].parentId`; the message is for an operator. */
export type OrderProblem = { readonly path: string; readonly message: string };

/** Indices at which a value stands that stood before. */
export function repeatedAt(values: readonly string[]): readonly number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
