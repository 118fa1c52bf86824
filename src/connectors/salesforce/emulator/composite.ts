import type { Json } from '#canonical/json.ts';
import type { Answer } from './answer.ts';
import { isObject } from './collections.ts';
import { PlatformFault } from './platform-fault.ts';
import { asText } from './schema.ts';
import type { Transaction } from './transaction.ts';

const maxParts = 25;
const maxCollections = 5;

export type Part = {
  readonly method: string;
  readonly url: string;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
  readonly allOrNone: boolean;
};

/** Composite: parts one after another, later ones may use earlier answers. HTTP 200, whatever became of them. */
export function compositeAnswer(
  transaction: Transaction,
  body: Json,
  run: (part: Part) => Answer,
  mostParts: number = maxParts,
): Answer {
  const request = isObject(body) ? body : {};
  const parts = request['compositeRequest'];
  if (!Array.isArray(parts)) throw new PlatformFault('JSON_PARSER_ERROR', 'compositeRequest: array expected');
  if (parts.length > mostParts)
    throw new PlatformFault(
      'BAD_REQUEST',
      `Limit of ${mostParts} exceeded: Actual number of subrequests is ${parts.length}`,
    );
  const bulky = parts.filter(
    (part) => isObject(part) && /\/(?:query(?:All)?\/?\?|composite\/sobjects)/.test(asText(part['url'])),
  );
  if (mostParts === maxParts && bulky.length > maxCollections)
    throw new PlatformFault(
      'BAD_REQUEST',
      `Limit of ${maxCollections} exceeded: queries and collections in one request`,
    );
  const allOrNone = request['allOrNone'] === true;
  const start = transaction.savepoint();
  const answers = new Map<string, Json>();
  const responses: { readonly answer: Answer; readonly referenceId: string; readonly failed: boolean }[] = [];
  for (const part of parts as readonly Json[]) {
    const { method, url, referenceId, body: partBody, httpHeaders } = readPart(part, answers);
    const mark = transaction.savepoint();
    const resolved = resolve({ url, body: partBody }, answers);
    const answer: Answer =
      resolved === null
        ? {
            status: 400,
            body: [
              {
                errorCode: 'PROCESSING_HALTED',
                message: 'Invalid reference specified. No value found for a reference.',
              },
            ],
          }
        : run({ method, url: resolved.url, body: resolved.body, headers: httpHeaders, allOrNone });
    const failed =
      answer.status >= 300 ||
      (Array.isArray(answer.body) &&
        answer.body.some((record) => isObject(record) && record['success'] === false));
    if (answer.status >= 300) transaction.rollback(mark);
    else answers.set(referenceId, answer.body);
    responses.push({ answer, referenceId, failed });
    if (failed && allOrNone) break;
  }
  if (allOrNone && responses.some((response) => response.failed)) {
    transaction.rollback(start);
    const halted: Answer = {
      status: 400,
      body: [
        {
          errorCode: 'PROCESSING_HALTED',
          message: 'The transaction was rolled back since another operation in the same transaction failed.',
        },
      ],
    };
    const done = new Map(responses.map((response) => [response.referenceId, response]));
    return compositeBody(
      parts.map((part: Json) => {
        const referenceId = isObject(part) ? asText(part['referenceId']) : '';
        const response = done.get(referenceId);
        return { referenceId, answer: response?.failed === true ? response.answer : halted };
      }),
    );
  }
  return compositeBody(responses);
}

const compositeBody = (
  responses: readonly { readonly answer: Answer; readonly referenceId: string }[],
): Answer => ({
  status: 200,
  body: {
    compositeResponse: responses.map(({ answer, referenceId }) => ({
      body: answer.body,
      httpHeaders: {},
      httpStatusCode: answer.status,
      referenceId,
    })),
  },
});

function readPart(
  part: Json,
  seen: ReadonlyMap<string, Json>,
): { method: string; url: string; referenceId: string; body: Json; httpHeaders: Record<string, string> } {
  const { method, url, referenceId, body = null, httpHeaders = {} } = isObject(part) ? part : {};
  if (
    typeof method !== 'string' ||
    typeof url !== 'string' ||
    typeof referenceId !== 'string' ||
    !/^[A-Za-z][A-Za-z0-9_]*$/.test(referenceId)
  ) {
    throw new PlatformFault(
      'JSON_PARSER_ERROR',
      'a subrequest needs method, url and an alphanumeric referenceId',
    );
  }
  if (seen.has(referenceId)) throw new PlatformFault('BAD_REQUEST', `Duplicate referenceId ${referenceId}`);
  const headers = isObject(httpHeaders)
    ? Object.fromEntries(
        Object.entries(httpHeaders).map(([name, value]) => [name.toLowerCase(), asText(value)]),
      )
    : {};
  return { method, url, referenceId, body, httpHeaders: headers };
}

/** Puts answers in the place of `@{ref.path}`; null when one leads nowhere. */
function resolve(
  part: { readonly url: string; readonly body: Json },
  answers: ReadonlyMap<string, Json>,
): { url: string; body: Json } | null {
  let missing = false;
  const inText = (text: string): string =>
    text.replace(/@\{([^}]*)\}/g, (_all, reference: string) => {
      const value = lookUp(reference, answers);
      if (value === null) missing = true;
      return value ?? '';
    });
  const inJson = (value: Json): Json => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return value.map(inJson);
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inJson(inner)]))
      : value;
  };
  const resolved = { url: inText(part.url), body: inJson(part.body) };
  return missing ? null : resolved;
}

function lookUp(reference: string, answers: ReadonlyMap<string, Json>): string | null {
  const [name = '', ...path] = reference.split('.');
  let value: Json | undefined = answers.get(name);
  for (const step of path.flatMap((part) => part.split(/[[\]]/).filter((piece) => piece !== ''))) {
    value = Array.isArray(value)
      ? (value as readonly Json[])[Number(step)]
      : isObject(value)
        ? value[step]
        : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
