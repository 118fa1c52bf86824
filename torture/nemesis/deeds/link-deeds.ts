import type { LinkFault } from '../../proxy/link-faults.ts';
import type { FaultDetail } from '../schedule.ts';
import type { Stand } from '../../stand/stand.ts';
import { type Deed, Skipped } from './deed.ts';

const hole = { kind: 'black-hole' } as const;

/** F6: a process and its peer lose each other, in one direction or both, wholly or in part. */
export const partition: Deed = async ({ target, detail }, stand) => {
  const flow = String(detail['flow']);
  const sides = {
    requests: flow === 'requests' || flow === 'two-way' || flow === 'loss',
    answers: flow === 'answers' || flow === 'two-way' || flow === 'loss',
  };
  if (detail['by'] === 'nft') return losePackets(stand, target, sides, Number(detail['percent'] ?? 100));
  return stand.links.of(target).add({
    kind: 'flow',
    ...(sides.requests && { toServer: hole }),
    ...(sides.answers && { toClient: hole }),
  });
};

/** F7: the way is slow, cut, or hangs. */
export const slowLink: Deed = async ({ target, detail }, { links }) => links.of(target).add(faultOf(detail));

function faultOf(detail: FaultDetail): LinkFault {
  switch (detail['deed']) {
    case 'latency': {
      const late = { kind: 'latency', ms: Number(detail['ms']) } as const;
      return { kind: 'flow', toServer: late, toClient: late };
    }
    case 'trickle':
      return { kind: 'flow', toClient: { kind: 'trickle' } };
    case 'reset-mid-body':
      return { kind: 'reset-mid-body', afterBytes: Number(detail['afterBytes']) };
    case 'hang':
      return { kind: 'flow', toClient: hole };
    default:
      throw new RangeError(`no such deed: ${String(detail['deed'])}`);
  }
}

async function losePackets(
  { packets, links }: Stand,
  target: string,
  sides: { readonly requests: boolean; readonly answers: boolean },
  percent: number,
): Promise<() => Promise<void>> {
  if (packets === null) throw new Skipped('nft is not permitted here');
  const { port } = links.of(target);
  const ends = [
    ...(sides.requests ? [await packets.drop({ port, side: 'server', percent })] : []),
    ...(sides.answers ? [await packets.drop({ port, side: 'client', percent })] : []),
  ];
  return async () => {
    for (const end of ends) await end();
  };
}
