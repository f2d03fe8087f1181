import { afterEach, describe, expect, it, vi } from 'vitest';
import { reasonAgainstWindow } from '../../../main/setup/electron.mjs';
import { pinnedEnvironment, requireHostNode, runEntry, SetupError } from '../../../main/setup/host.mjs';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe('requireHostNode', () => {
  it.each(['18.20.8', '16.0.0', '9.9.9'])('refuses %s in one sentence', (version) => {
    expect(() => requireHostNode(version)).toThrow(`Expected Node 20 or newer but received ${version}. Install a current Node`);
  });

  it.each(['20.0.0', '22.12.0', '24.21.0', '100.0.0'])('takes %s', (version) => {
    expect(() => requireHostNode(version)).not.toThrow();
  });
});

describe('runEntry', () => {
  it('prints a set-up error as its sentence and sets exit code 1', async () => {
    const said: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    await runEntry(() => Promise.reject(new SetupError('The disk is full.')));
    expect(said).toEqual(['The disk is full.\n']);
    expect(process.exitCode).toBe(1);
  });

  it('leaves a bug its stack', async () => {
    await expect(runEntry(() => Promise.reject(new TypeError('bug')))).rejects.toThrow(TypeError);
  });

  it('sets the exit code that the entry returns', async () => {
    await runEntry(async () => 42);
    expect(process.exitCode).toBe(42);
  });
});

describe('reasonAgainstWindow', () => {
  const user = 1000;
  it.each([
    ['no display', { platform: 'linux', env: {}, userId: user }, /no display/],
    ['an empty display', { platform: 'linux', env: { DISPLAY: '' }, userId: user }, /no display/],
    ['root', { platform: 'linux', env: { DISPLAY: ':0' }, userId: 0 }, /as root/],
  ] as const)('on Linux: %s', (_what, host, reason) => {
    expect(reasonAgainstWindow(host)).toMatch(reason);
  });

  it.each([
    { platform: 'linux', env: { DISPLAY: ':0' }, userId: user },
    { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, userId: user },
    { platform: 'darwin', env: {}, userId: 0 },
    { platform: 'win32', env: {}, userId: undefined },
  ] as const)('has none on %j', (host) => {
    expect(reasonAgainstWindow(host)).toBeUndefined();
  });
});

it('pinnedEnvironment puts the packages’ programs first on PATH', () => {
  expect(pinnedEnvironment('root', { PATH: 'rest', KEPT: 'yes' })).toMatchObject({
    KEPT: 'yes',
    PATH: expect.stringMatching(/^root.+rest$/),
  });
});
