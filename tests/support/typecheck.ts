/** `npm run typecheck`: the compiler over every process's own configuration, so that each sees only the types it runs with. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const projects = ['main', 'preload', 'renderer', 'native/v4l2-camera', 'tests'];

const failed = projects.filter((project) => {
  const config = path.join(root, project, 'tsconfig.json');
  return spawnSync(process.execPath, [compiler, '-p', config], { cwd: root, stdio: 'inherit' }).status !== 0;
});
process.stderr.write(
  failed.length === 0 ? `Types hold in ${projects.join(', ')}.\n` : `Types do not hold in ${failed.join(', ')}.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
