import { ConfigurationError, configurationExitCode } from '../config/configuration-error.ts';
import { tallyportProgram } from './program.ts';

// `| head` closes our output early: that is nobody's mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await tallyportProgram().parseAsync();
} catch (error) {
  console.error(`tallyport: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof ConfigurationError ? configurationExitCode : 1;
}
