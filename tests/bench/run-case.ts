import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One variant of a benchmark: a program of its own, so that no variant warms or disturbs another. */
export interface Case {
  readonly name: string;
  /** Program and arguments; those of the run are appended. */
  readonly program: string;
  readonly script: string;
  /** Of the script's own, before the run's. */
  readonly args?: readonly string[];
  /** A peer that may be missing; the run says so and goes on. */
  readonly optional?: true;
  /** In place of the run's. */
  readonly size?: string;
}

/** What a case printed on stdout, as JSON. Rejects with the last line of its stderr where it ends with an error. */
export function runCase<Output>({ program, script, args: own = [] }: Case, args: readonly string[]): Promise<Output> {
  const path = fileURLToPath(new URL(`cases/${script}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(program, [path, ...own, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(out).toString()) as Output);
      else
        reject(
          new Error(`${script} ended with exit code ${code}: ${Buffer.concat(errors).toString().trim().split('\n').at(-1)}`),
        );
    });
  });
}
