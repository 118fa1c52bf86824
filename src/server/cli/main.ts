import { Command } from 'commander';
import { ConfigurationError, configurationExitCode } from '../config/configuration-error.ts';
import { actCommand } from './act-command.ts';
import { backlogCommand } from './backlog-command.ts';
import { crosswalkCommand } from './crosswalk-command.ts';
import { customersCommand } from './customers-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { exceptionsCommand } from './exceptions-command.ts';
import { messagesCommand } from './messages-command.ts';
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
  backlogCommand,
  traceCommand,
  exceptionsCommand,
  parkedCommand,
  messagesCommand,
  actCommand,
  replayCommand,
  doctorCommand,
  crosswalkCommand,
  customersCommand,
])
  command(program);

// `| head` closes our output early: that is nobody's mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  console.error(`tallyport: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof ConfigurationError ? configurationExitCode : 1;
}
