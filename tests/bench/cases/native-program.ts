import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildProgram, obstacleToBuild } from '../../../native/v4l2-camera/build.mjs';

/** Runs a benchmark in C++ of tests/native, given its name and first arguments; the size comes from the runner. */
async function runProgram([name, ...rest]: readonly string[]): Promise<string> {
  const frames = 300;
  const [width = '', height = ''] = (rest.at(-2) ?? '').split('x');
  const obstacle = obstacleToBuild();
  if (obstacle !== undefined) throw new Error(obstacle);
  const program = await buildProgram(fileURLToPath(new URL(`../../native/${name}.cpp`, import.meta.url)));
  const { stdout } = await promisify(execFile)(program, [...rest.slice(0, -2), width, height, String(frames)]);
  return stdout;
}

try {
  process.stdout.write(await runProgram(process.argv.slice(2)));
} catch (thrown) {
  // The runner shows the last line: the program's own sentence, not this process's stack.
  process.stderr.write(`${(thrown as { stderr?: string }).stderr || (thrown as Error).message}\n`);
  process.exitCode = 1;
}
