import { Command } from 'commander';
import { ConfigurationError, configurationExitCode } from '../config/configuration-error.ts';
import { crosswalkCommand } from './crosswalk-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { parkedCommand } from './parked-command.ts';
import { replayCommand } from './replay-command.ts';
import { statusCommand } from './status-command.ts';
import { traceCommand } from './trace-command.ts';

const program = new Command('tallyport')
  .description(
    'Looks into an installation and mends it. The journal is found as the server finds it: DATABASE_URL, or the data folder.',
  )
  .option('--tenant <name>', 'whose; needed where there are several');
for (const command of [
  statusCommand,
  traceCommand,
  parkedCommand,
  replayCommand,
  doctorCommand,
  crosswalkCommand,
])
  command(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`tallyport: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof ConfigurationError ? configurationExitCode : 1;
}
