import { type Dispatcher, errors } from 'undici';
import type { HttpRequest, HttpResult } from './services.ts';

/** setTimeout counts in 32 bits: no call lasts longer than 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * One request and its whole answer. undici calls `onRequestStart` directly before it writes to a connected socket, and
 * nothing is written when that throws: what fails earlier is provably `not-sent`, everything later is `lost`.
 * (undici lib/dispatcher/client-h1.js, writeH1.)
 * @throws TypeError for a request that cannot be written as HTTP (a header with a line break).
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: HttpRequest,
  maxResponseBytes: number,
): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    let started = false;
    let settled = false;
    let status = 0;
    let headers: Record<string, string> = {};
    let receivedBytes = 0;
    const chunks: Buffer[] = [];
    let controller: Dispatcher.DispatchController | null = null;

    const settle = (result: HttpResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const fail = (detail: string): void => {
      settle({
        kind: started ? 'lost' : 'not-sent',
        detail: started ? `${detail} after the request was started` : detail,
      });
      controller?.abort(new errors.RequestAbortedError());
    };
    const onAbort = (): void => fail('aborted');
    const onError = (error: Error): void => {
      if (error instanceof errors.InvalidArgumentError && !started) {
        reject(new TypeError(`not an HTTP request: ${error.message}`));
      }
      fail(errorDetail(error, maxResponseBytes));
    };
    const isLate = (): boolean => Date.now() >= request.deadlineMs;

    const timer = setTimeout(
      () => fail('deadline passed'),
      Math.min(Math.max(request.deadlineMs - Date.now(), 0), longestTimerMs),
    );
    if (request.signal?.aborted === true) return fail('aborted');
    if (isLate()) return fail('deadline passed');
    request.signal?.addEventListener('abort', onAbort, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(current) {
        if (!settled && isLate()) fail('deadline passed');
        if (settled) throw new errors.RequestAbortedError();
        started = true;
        controller = current;
      },
      onResponseStart(current, statusCode, incoming) {
        if (statusCode < 200) return;
        status = statusCode;
        headers = joinHeaders(incoming);
        // A length announced too large need not be read to be refused.
        if (Number(headers['content-length'] ?? 0) > maxResponseBytes)
          current.abort(new errors.ResponseExceededMaxSizeError());
      },
      onResponseData(current, chunk) {
        receivedBytes += chunk.length;
        if (receivedBytes > maxResponseBytes) current.abort(new errors.ResponseExceededMaxSizeError());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (isLate()) return fail('deadline passed');
        const body = Buffer.concat(chunks).toString('utf8');
        // undici frees the socket in the next turn of the loop; the caller's next request, one turn later, finds it free.
        setImmediate(() => setImmediate(() => settle({ kind: 'response', status, headers, body })));
      },
      onResponseError: (_current, error) => onError(error),
    };

    try {
      dispatcher.dispatch(
        {
          origin,
          method: request.method,
          path: request.path,
          // Answers are limited in size as they are read, so they must not arrive packed.
          headers: { 'accept-encoding': 'identity', ...request.headers },
          body: request.body ?? null,
        },
        handler,
      );
    } catch (error) {
      onError(error as Error);
    }
  });
}

const joinHeaders = (
  incoming: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(incoming).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

/** Code and class of the error only: messages of TLS and parser errors may quote what was received. */
function errorDetail(error: Error, maxResponseBytes: number): string {
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return `answer larger than ${maxResponseBytes} bytes`;
  if (error.name === 'AddressRefusedError') return `address refused: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.name;
}
