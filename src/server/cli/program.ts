import { Command } from 'commander';
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

/** The whole command line, ready to parse; nothing is opened by making it. */
export function tallyportProgram(): Command {
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
  return program;
}
