import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '#canonical/json.ts';
import { parseJsonLossless } from './json-lossless.ts';

/** A message's bytes as the object they hold, or why they hold none; the reason never quotes them. */
export type MessageBody =
  { readonly ok: true; readonly body: JsonObject } | { readonly ok: false; readonly problem: string };

export function readMessageBody(bytes: Buffer): MessageBody {
  if (!isUtf8(bytes)) return { ok: false, problem: 'the body is not UTF-8' };
  try {
    const body = parseJsonLossless(bytes.toString('utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return { ok: true, body: body as JsonObject };
    return { ok: false, problem: 'the body is not an object' };
  } catch {
    return { ok: false, problem: 'the body is not JSON' }; // the parser's own words would quote it
  }
}
