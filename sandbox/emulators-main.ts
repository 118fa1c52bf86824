import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { serveControl } from './platforms/control.ts';
import { Sandbox } from './platforms/sandbox.ts';
import { erpNamed, setUpsOn } from './platforms/erps.ts';
import { tempers } from './traffic/temper.ts';

/**
 * The emulated systems as a process: `node sandbox/emulators-main.ts --directory <folder for the journals> [--seed 1] [--chaos]
 * [--retailers northwind-apparel,harbour-supply] [--port 0] [--erp tryton|netsuite] [--temper calm|torture] [--deliveries <file>] [--sync]`. Prints one JSON line: where everything is, and the variables that
 * lead the product to it.
 */
const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: '.data/sandbox' },
    seed: { type: 'string', default: '1' },
    retailers: { type: 'string' },
    port: { type: 'string', default: '0' },
    erp: { type: 'string', default: 'tryton' },
    chaos: { type: 'boolean', default: false },
    temper: { type: 'string', default: 'calm' },
    deliveries: { type: 'string' },
    sync: { type: 'boolean', default: false },
  },
});
const wanted = values.retailers?.split(',');
const temper = tempers.find((name) => name === values.temper);
if (temper === undefined) throw new RangeError(`--temper is one of ${tempers.join(', ')}`);
await mkdir(values.directory, { recursive: true });
const sandbox = await Sandbox.start({
  setUps: setUpsOn(erpNamed(values.erp)).filter(
    ({ profile }) => wanted === undefined || wanted.includes(profile.retailer),
  ),
  directory: values.directory,
  seed: Number(values.seed),
  isChaos: values.chaos,
  temper,
  deliveriesFile: values.deliveries ?? null,
  syncJournals: values.sync,
});
const control = await serveControl(sandbox, Number(values.port));
process.stdout.write(
  `${JSON.stringify({ control: control.url, urls: sandbox.urls, environment: sandbox.environment })}\n`,
);

const stop = (): void => {
  control.close();
  void sandbox.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
// Whoever started us may be killed without a chance to say so.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop();
}, 1_000).unref();
// Ctrl-C goes to all processes of a terminal; whoever started us ends us when the product has stopped.
process.on('SIGINT', process.stdin.isTTY ? stop : () => undefined);
