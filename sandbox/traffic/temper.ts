import type { Article, ShopProfile } from './shop-profile.ts';

/** How buyers and warehouse behave: as on any day, or so that everything that can race does. */
export const tempers = ['calm', 'torture'] as const;
export type Temper = (typeof tempers)[number];

/** Of so many articles, so few take half of the demand. */
const catalogue = { articles: 200, hot: 2, share: 0.5 } as const;

/** Shares of orders, beside what a shop's own profile says. */
const torture: Partial<ShopProfile['shares']> = {
  paidLater: 0.1,
  cancelledEarly: 0.03,
  cancelledLate: 0.03,
  editedEarly: 0.5,
  editedLate: 0.12,
  cancelledRacing: 0.05,
  shippedInPart: 0.06,
};

/** Dinars have three decimals, yen none. A buyer who pays in them sees the shop's prices converted. */
const presentments: ShopProfile['presentments'] = [
  { currency: 'EUR', rate: '0.9213', share: 0.06 },
  { currency: 'JPY', rate: '151.37', share: 0.08 },
  { currency: 'KWD', rate: '0.3071', share: 0.08 },
];

/** A shop's profile under that temper. A catalogue grows only where the ERP numbers its articles as the shop does. */
export function tempered(
  profile: ShopProfile,
  temper: Temper,
  { canGrow }: { readonly canGrow: boolean },
): ShopProfile {
  if (temper === 'calm') return profile;
  return {
    ...profile,
    articles: canGrow ? grown(profile.articles) : profile.articles,
    hot: { articles: canGrow ? catalogue.hot : 1, share: catalogue.share },
    presentments: profile.presentments.length > 0 ? presentments : [],
    shares: { ...profile.shares, ...torture },
  };
}

/** The articles of a profile and as many variants of them as are wanted, each with its own number. */
function grown(articles: readonly Article[]): readonly Article[] {
  const variants = Array.from({ length: catalogue.articles - articles.length }, (_, index) => {
    const base = articles[index % articles.length];
    if (base === undefined) throw new RangeError('there is no article to make variants of');
    const number = String(index + 1).padStart(3, '0');
    return { ...base, sku: `${base.sku}-V${number}`, title: `${base.title}, variant ${number}` };
  });
  return [...articles, ...variants];
}
