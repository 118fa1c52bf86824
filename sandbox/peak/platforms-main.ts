import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DayPlatforms } from './day-platforms.ts';

/**
 * The platforms of the peak day as a process, told over IPC what to do: `{ number, ask, ... }` in, `{ number, answer }` out.
 * `node sandbox/peak/platforms-main.ts --directory <folder for the journals> --seed 1 --scale 1`
 */
const { values } = parseArgs({
  options: { directory: { type: 'string' }, seed: { type: 'string' }, scale: { type: 'string' } },
});
const request = z.discriminatedUnion('ask', [
  z.strictObject({ number: z.int(), ask: z.literal('environment') }),
  z.strictObject({ number: z.int(), ask: z.literal('status') }),
  z.strictObject({ number: z.int(), ask: z.literal('begin') }),
  z.strictObject({
    number: z.int(),
    ask: z.literal('happen'),
    what: z.enum([
      'allocation-runs-out',
      'holds-released',
      'others-take-half',
      'erp-maintenance',
      'gateway-down',
      'mispriced-cancelled',
      'warehouse-begins',
    ]),
    phase: z.enum(['begins', 'ends']),
  }),
]);

const platforms = await DayPlatforms.start(
  values.directory ?? '.',
  Number(values.seed ?? 1),
  Number(values.scale ?? 1),
);

function answer(asked: z.infer<typeof request>): unknown {
  switch (asked.ask) {
    case 'environment':
      return platforms.environment;
    case 'status':
      return platforms.status;
    case 'begin':
      return platforms.begin();
    case 'happen':
      return platforms.happen(asked.what, asked.phase);
  }
}

process.on('message', (message) => {
  const asked = request.parse(message);
  process.send?.({ number: asked.number, answer: answer(asked) ?? null });
});
// Whoever started us is gone, or lets go of us: either way the day is over.
process.once('disconnect', () => void platforms.close().then(() => process.exit(0)));
// Ctrl-C goes to all processes of a terminal; whoever started us ends us when the product has stopped.
process.on('SIGINT', () => undefined);
