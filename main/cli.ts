import { createLab } from './lab.ts';
import { runCommandLine } from './shell/cli/program.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), createLab);
