import { clockQuery } from '../suiteql.ts';
import { bad, type Check, ok } from './check.ts';

/** REST tells nobody its limit (K), so that it is tried: as many small questions at once as the settings allow. */
export const concurrency: Check = {
  name: 'concurrency',
  remedy: 'try again; see the detail',
  async run(_session, { call, client }) {
    const wanted = client.config.concurrency;
    const answers = await Promise.all(
      Array.from({ length: wanted }, () =>
        client.attempt<{ readonly kind: 'answered' }>(call, async (session) => {
          await session.query(clockQuery, 1);
          return { kind: 'answered' };
        }),
      ),
    );
    const refused = answers.filter(({ kind }) => kind === 'rate-limited').length;
    return refused === 0
      ? ok('concurrency', `${wanted} requests at once were answered`)
      : bad(
          'concurrency',
          `of ${wanted} requests at once the account refused ${refused}`,
          `set concurrency to what Integration Governance reserves for this integration, or to what others leave of the account's limit: ${wanted - refused} at this moment`,
        );
  },
};
