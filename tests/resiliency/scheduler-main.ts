import { testServices } from '#connector-testkit/test-services.ts';
import { Scheduler } from '#dispatch/scheduler.ts';
import { openDatabase } from '#journal/database.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { polledInstallation } from './polled-platform.ts';

/** A scheduler as a process of its own, to be killed: `node scheduler-main.ts <database url> <shop url>`. */
const [url = '', shop = ''] = process.argv.slice(2);
await Scheduler.start({
  database: openDatabase(url, { applicationName: 'victim', onError: () => undefined }),
  master: masterKeyFrom(Buffer.alloc(32, 7).toString('base64')),
  installation: polledInstallation({ shop, erp: shop, crm: shop }),
  log: testServices().log,
  node: 'victim',
  publicUrl: null,
});
process.stdout.write('ready\n');
