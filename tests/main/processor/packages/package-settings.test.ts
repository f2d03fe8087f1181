import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from '../../../../main/base/errors.ts';
import { PackageSettings } from '../../../../main/processor/packages/package-settings.ts';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';

const hash = 'a'.repeat(64);

/** The settings of a lab that starts, and what the user is told of them. */
async function restored(path: string): Promise<{ settings: PackageSettings; told: ErrorRecord[] }> {
  const told: ErrorRecord[] = [];
  return { settings: await PackageSettings.restore(path, (record) => told.push(record)), told };
}

describe('settings that a lab cannot take over', () => {
  it('because they cannot be read stay as they are, and what is decided holds until the end', async () => {
    const path = join(temporaryFolder(), 'settings.json');
    // A link that leads to itself cannot be read even by those who may read everything.
    await symlink(path, path);
    const { settings, told } = await restored(path);
    expect(told).toEqual([
      {
        code: 'package.settings',
        message: expect.stringMatching(/ELOOP.*it stays as it is, and changes are not kept$/),
        action: expect.stringContaining('move it away'),
      },
    ]);
    await settings.trust(hash, 'mine', new Date());
    expect(settings.isTrusted(hash)).toBe(true);
    expect(await readlink(path)).toBe(path);
    expect((await restored(path)).settings.isTrusted(hash)).toBe(false);
    await expect(PackageSettings.open(path)).rejects.toThrow(`Expected the settings of packages in ${path} but received: ELOOP`);
  });

  it('because they are a folder stay with what lies in it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'settings.json');
    await mkdir(path);
    await writeFile(join(path, 'mine'), 'text');
    const { settings, told } = await restored(path);
    await settings.setDisabled('/packages/mine', true);
    expect([told.length, settings.isDisabled('/packages/mine')]).toEqual([1, true]);
    expect([await readdir(folder), await readdir(path)]).toEqual([['settings.json'], ['mine']]);
  });

  it('because they are no settings and have no room for a longer name stay too', async () => {
    const path = join(temporaryFolder(), 's'.repeat(250));
    await writeFile(path, 'no JSON');
    const { settings, told } = await restored(path);
    await settings.trust(hash, 'mine', new Date());
    expect(told.map(({ message }) => message)).toEqual([expect.stringMatching(/ENAMETOOLONG.*it stays as it is/)]);
    expect(await readFile(path, 'utf8')).toBe('no JSON');
  });

  it('because they are no settings are set aside, and what is decided then is kept', async () => {
    const path = join(temporaryFolder(), 'settings.json');
    await writeFile(path, '{"schemaVersion":2}');
    const { settings, told } = await restored(path);
    expect(told).toMatchObject([
      { code: 'package.settings', action: `It lies in ${path}.damaged now; trust is asked for again.` },
    ]);
    await settings.trust(hash, 'mine', new Date());
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('{"schemaVersion":2}');
    const again = await restored(path);
    expect([again.settings.isTrusted(hash), again.told]).toEqual([true, []]);
  });
});

it('nothing is decided where there is no file, and nobody is told', async () => {
  const path = join(temporaryFolder(), 'settings.json');
  const { settings, told } = await restored(path);
  expect([settings.folders, settings.isTrusted(hash), told]).toEqual([[], false, []]);
});

describe('settings that two change at once', () => {
  const other = 'b'.repeat(64);

  it('keep what either has decided, in whatever order', async () => {
    const path = join(temporaryFolder(), 'settings.json');
    const [lab, command] = [(await restored(path)).settings, await PackageSettings.open(path)];
    await command.trust(hash, 'mine', new Date());
    expect(lab.isTrusted(hash)).toBe(false);
    await Promise.all([lab.setDisabled('/packages/a', true), lab.trust(other, 'other', new Date())]);
    expect([lab.isTrusted(hash), lab.isTrusted(other), lab.isDisabled('/packages/a')]).toEqual([true, true, true]);
    await command.reread();
    expect([command.isTrusted(other), command.isDisabled('/packages/a')]).toEqual([true, true]);
  });

  it('are not replaced where somebody has made something else of them', async () => {
    const path = join(temporaryFolder(), 'settings.json');
    const { settings } = await restored(path);
    await settings.trust(hash, 'mine', new Date());
    await writeFile(path, 'mine, half edited');
    await expect(settings.setFolder('/more', true)).rejects.toThrow(`Expected the settings of packages in ${path}`);
    await settings.reread();
    expect([await readFile(path, 'utf8'), settings.isTrusted(hash), settings.folders]).toEqual(['mine, half edited', true, []]);
  });
});
