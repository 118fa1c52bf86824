import type { PlacedLine } from '#connectors/shopify/emulator/order-input.ts';
import type { SeededRandom } from '#connector-testkit/seeded-random.ts';
import { happens, skewed } from './draw.ts';
import type { Article, Place, ShopProfile } from './shop-profile.ts';

/** One to eight lines, mostly few, of the articles that sell most; now and then a bundle or a gift card on top. */
export function basket(random: SeededRandom, profile: ShopProfile, place: Place): PlacedLine[] {
  const wanted = 1 + Math.floor(random.next() ** 2.5 * 8);
  const chosen = new Map<string, PlacedLine>();
  for (let draw = 0; draw < wanted; draw += 1) {
    const article = wantedArticle(random, profile);
    const quantity = 1 + Math.floor(random.next() ** 3 * (profile.taxesIncluded ? 6 : 3));
    chosen.set(article.sku, articleLine(article, quantity, place));
  }
  const lines = [...chosen.values()];
  if (happens(random, profile.shares.bundle)) lines.push(...bundleLines(random, profile, place));
  if (happens(random, profile.shares.giftCardBought))
    lines.push({ title: 'Gift card', price: random.pick(['25.00', '50.00', '100.00']), giftCard: true });
  return lines;
}

function wantedArticle(random: SeededRandom, { articles, hot }: ShopProfile): Article {
  if (hot === undefined) return skewed(random, articles);
  return happens(random, hot.share)
    ? random.pick(articles.slice(0, hot.articles))
    : random.pick(articles.slice(hot.articles));
}

export const articleLine = (article: Article, quantity: number, { tax }: Place): PlacedLine => ({
  sku: article.sku,
  title: article.title,
  quantity,
  price: article.price,
  grams: article.grams,
  ...(tax !== null && { taxRate: tax.rate }),
});

function bundleLines(random: SeededRandom, profile: ShopProfile, place: Place): PlacedLine[] {
  const bundle = random.pick(profile.bundles);
  return bundle.parts.map(({ sku, quantity }) => {
    const article = profile.articles.find((candidate) => candidate.sku === sku);
    if (article === undefined)
      throw new RangeError(`bundle ${bundle.sku} has a part ${sku} that is no article`);
    return { ...articleLine(article, quantity, place), bundle: bundle.sku };
  });
}
