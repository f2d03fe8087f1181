import { guardingTemporaryFolders } from './base/temporary-folder.ts';
import { createLab } from './lab.ts';
import { runCommandLine } from './shell/cli/program.ts';

// Ctrl-C is how a package is given up that never ends, and the copy that it runs from has to go all the same.
process.exitCode = await guardingTemporaryFolders(() => runCommandLine(process.argv.slice(2), createLab));
