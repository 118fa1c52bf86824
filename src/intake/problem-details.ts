import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Sends a problem as RFC 9457 has it. `code` is ours, for programs; there is no detail, since it could tell an attacker more than he knows. */
export function sendProblem(reply: FastifyReply, status: number, code: string): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Unknown problem', status, code }),
    );
}
