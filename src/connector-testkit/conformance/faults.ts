import type { FaultCase, FaultName } from './subject.ts';

/** Longer than any attempt in the fault tests waits, so that silence always ends by our deadline. Milliseconds. */
export const silenceMs = 1_200;
/** The deadline of an attempt that meets silence. Milliseconds. */
export const impatienceMs = 400;

/**
 * What each fault may be taken for by the command that meets it, where the platform has no words of its own (then its trial
 * names them). Two more are always right, and are proved by counting: `done`, when the connector went round the fault and the
 * effect is there once; and `outcome-unknown`, when an earlier request of the same command may have had its effect already.
 */
export const defaultFaults: Readonly<Record<FaultName, FaultCase>> = {
  'rate limit': {
    fault: { kind: 'answer', status: 429, headers: { 'retry-after': '2' }, body: '{"errors":"slow down"}' },
    allowed: ['rate-limited', 'unavailable'],
  },
  'not authorised': {
    fault: { kind: 'answer', status: 401, body: '{"errors":"who are you"}' },
    allowed: ['unauthorized'],
  },
  'bad request': {
    fault: { kind: 'answer', status: 400, body: '{"errors":"no such thing"}' },
    allowed: ['rejected', 'unauthorized', 'conflict'],
  },
  'server error': {
    fault: {
      kind: 'answer',
      status: 500,
      headers: { 'content-type': 'text/html' },
      body: '<html>oops</html>',
    },
    allowed: ['outcome-unknown', 'unavailable'],
  },
  overloaded: {
    fault: {
      kind: 'answer',
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'text/html' },
      body: '<html>busy</html>',
    },
    allowed: ['unavailable', 'outcome-unknown', 'rate-limited'],
  },
  'cut before the effect': { fault: { kind: 'reset' }, allowed: ['outcome-unknown', 'unavailable'] },
  'cut after the effect': { fault: { kind: 'reset-after' }, allowed: ['outcome-unknown', 'unavailable'] },
  'silence before the effect': {
    fault: { kind: 'hang', ms: silenceMs },
    allowed: ['outcome-unknown', 'unavailable'],
  },
  'silence after the effect': {
    fault: { kind: 'hang-after', ms: silenceMs },
    allowed: ['outcome-unknown', 'unavailable'],
  },
};

/** Faults after which the whole delivery is played to its end. */
export const lossy: readonly FaultName[] = [
  'server error',
  'cut before the effect',
  'cut after the effect',
  'silence after the effect',
];
