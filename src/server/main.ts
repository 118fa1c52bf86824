import { parseArgs } from 'node:util';
import { ConfigurationError, configurationExitCode } from './config/configuration-error.ts';
import { readEnvironment } from './config/environment.ts';
import { parseRoles, roles } from './roles.ts';
import { type Running, startTallyport } from './start.ts';

const usage = `npm start -- --role ${roles.join(',')}    what this process does; default: all
Settings come from the environment: docs/reference/configuration.md`;
const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

let running: Promise<Running> | null = null;
let isStopping = false;

/** The first signal stops in good order, the second at once. */
function onSignal(signal: keyof typeof signalNumbers): void {
  if (isStopping) process.exit(128 + signalNumbers[signal]);
  isStopping = true;
  Promise.resolve(running)
    .then((started) => started?.stop())
    .then(() => process.exit(0), fail);
}

function fail(error: unknown): never {
  if (error instanceof ConfigurationError) {
    console.error(`tallyport: ${error.message}`);
    process.exit(configurationExitCode);
  }
  console.error(`tallyport: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(1);
}

function readArguments(): ReturnType<typeof parseRoles> {
  try {
    const { values } = parseArgs({
      options: { role: { type: 'string', default: 'all' }, help: { type: 'boolean' } },
    });
    return values.help === true ? null : parseRoles(values.role);
  } catch {
    return null;
  }
}

const wanted = readArguments();
if (wanted === null) {
  console.error(usage);
  process.exit(configurationExitCode);
}
process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
try {
  running = startTallyport({ environment: readEnvironment(), roles: wanted });
  await running;
} catch (error) {
  if (!isStopping) fail(error);
}
