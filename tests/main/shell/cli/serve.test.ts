import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeFailure, exitCodeOf } from '../../../../main/shell/cli/output.ts';
import { rendererFolderFrom } from '../../../../main/shell/cli/serve.ts';
import { startHttpShell } from '../../../../main/shell/http/http-shell.ts';
import type { LabService, ShellLab } from '../../../../main/shell/service.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const pageIsBuilt = existsSync(new URL('../../../../out/renderer/index.html', import.meta.url));

const service: LabService = {
  call: async () => ({ ok: true, result: {} }),
  subscribe: () => () => undefined,
  openView: () => ({ close: () => undefined, [Symbol.dispose]: () => undefined }),
};

/** A lab that does nothing but count how often it was made and closed. */
function countedLab(): { made: number; closed: number; create: () => Promise<ShellLab> } {
  const counted = {
    made: 0,
    closed: 0,
    create: async (): Promise<ShellLab> => {
      counted.made += 1;
      return { service, close: async () => void counted.closed++ };
    },
  };
  return counted;
}

/** A port of this machine that another program listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

describe('a port that cannot be had', () => {
  it('is refused before a lab is made', async () => {
    const counted = countedLab();
    const { code } = await lab.runWith(counted.create, 'serve', '--port', '65536');
    expect({ code, made: counted.made }).toEqual({ code: 2, made: 0 });
  });

  it('is named with what to do when another program listens there', async () => {
    const port = await takenPort();
    const rendererFolder = lab.path('page');
    await mkdir(rendererFolder);
    const thrown: unknown = await startHttpShell({ service, rendererFolder, port }).catch((error: unknown) => error);
    expect(describeFailure(thrown)).toBe(
      `Expected a free port but ${port} is in use. Leave --port out to get a free one, or choose another.`,
    );
    expect(exitCodeOf(thrown)).toBe(1);
  });
});

describe.runIf(pageIsBuilt)('an address that is none of this machine', () => {
  it('is a slip in the command', async () => {
    const counted = countedLab();
    const { code, results, notes } = await lab.runWith(counted.create, 'serve', '--host', 'nosuch.invalid');
    expect({ code, results, closed: counted.closed }).toEqual({ code: 2, results: [], closed: 1 });
    expect(notes).toEqual([expect.stringContaining('an address of this machine but received nosuch.invalid')]);
  });
});

describe.runIf(pageIsBuilt)('with the built page', () => {
  it('closes the lab when the port is in use', async () => {
    const counted = countedLab();
    const port = await takenPort();
    const { code, results, notes } = await lab.runWith(counted.create, 'serve', '--port', String(port));
    expect({ code, results, made: counted.made, closed: counted.closed }).toEqual({ code: 1, results: [], made: 1, closed: 1 });
    expect(notes.join()).toContain(`${port} is in use`);
  });

  it('prints its address, serves until the terminal hangs up, and closes the lab', async () => {
    const counted = countedLab();
    const before = process.listenerCount('SIGTERM');
    const served = lab.runWith(counted.create, 'serve');
    await expect.poll(() => process.listenerCount('SIGTERM'), { timeout: 20_000 }).toBe(before + 1);
    process.emit('SIGHUP');
    const { code, results } = await served;
    expect(code).toBe(0);
    expect(results.join()).toMatch(/^Camera Lab: http:\/\/127\.0\.0\.1:\d+\/\?token=\S{20,}$/);
    expect(counted.closed).toBe(1);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('without the built page', () => {
  it('says that it has to be built', () => {
    const elsewhere = pathToFileURL(path.join(tmpdir(), 'no-such-project', 'main', 'shell', 'cli', 'serve.ts')).href;
    expect(() => rendererFolderFrom(elsewhere)).toThrow('Expected the built page but received none');
  });
});
