import { spawn } from 'node:child_process';
import os from 'node:os';

/**
 * @typedef {{ readonly cwd: string, readonly env: NodeJS.ProcessEnv, readonly timeoutMillis?: number }} ChildOptions
 * @typedef {{ readonly exitCode: number, readonly output: string, readonly timedOut: boolean }} ChildOutcome
 */

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number} what a shell would report
 */
function exitCodeOf(code, signal) {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : os.constants.signals[signal]);
}

/**
 * Runs a program in the foreground: it shares the terminal, gets this process's signals, and its exit code is returned.
 * A program that cannot be started rejects.
 *
 * @param {string} program absolute path, or a name on PATH
 * @param {readonly string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<number>} exit code, 128 + signal number when a signal ended it
 */
export function runInForeground(program, args, options) {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: 'inherit' });
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    // A terminal sends Ctrl-C to the whole process group: the child has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(exitCodeOf(code, signal));
    });
  });
}

/**
 * Runs a program in the background and keeps what it says, stdout and stderr in the order of arrival.
 * A program that cannot be started is an outcome with exit code 127.
 *
 * @param {string} program absolute path, or a name on PATH
 * @param {readonly string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<ChildOutcome>}
 */
export function runQuietly(program, args, options) {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let timedOut = false;
  const timer =
    options.timeoutMillis === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, options.timeoutMillis);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ exitCode: 127, output: `${output}${error.message}`, timedOut });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ exitCode: exitCodeOf(code, signal), output, timedOut });
    });
  });
}
