import { previousWebhookSecret } from '../../stand/product.ts';
import type { Deed } from './deed.ts';

/** F8 to F12 and F15: the emulated platforms do it themselves. */
export const askPlatforms: Deed = async ({ id, target, detail }, { emulators }) => {
  const [retailer, system] = target.includes('/') ? target.split('/') : [];
  const { deed, ...rest } = detail;
  await emulators.tell('/spell', {
    id,
    deed,
    ...(retailer !== undefined && { retailer }),
    ...(system !== undefined && { system }),
    ...rest,
    ...(deed === 'secret-rotated' && { secret: previousWebhookSecret }),
  });
  return () => emulators.tell('/spell/over', { id });
};
