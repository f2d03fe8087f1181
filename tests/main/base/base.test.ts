import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { millisBetween, monotonicNs } from '../../../main/base/clock.ts';
import { defaultDataFolder } from '../../../main/base/data-folder.ts';
import { Announcer } from '../../../main/base/lifetime.ts';
import { apply3, identity3, inverse3, type Matrix3, multiply3, rowsSummingToOne } from '../../../main/base/matrix3.ts';
import { quantile, RollingWindow } from '../../../main/base/statistics.ts';
import { writeWhole } from '../../../main/base/write-whole.ts';

describe('an announcer', () => {
  it('calls listeners in the order in which they subscribed, and not those that left', () => {
    const heard: string[] = [];
    const announcer = new Announcer<number>();
    const leave = announcer.subscribe((value) => heard.push(`first ${value}`));
    announcer.subscribe((value) => heard.push(`second ${value}`));
    announcer.announce(1);
    leave();
    leave();
    announcer.announce(2);
    expect(heard).toEqual(['first 1', 'second 1', 'second 2']);
  });

  it('lets a listener leave while it is called', () => {
    const announcer = new Announcer<number>();
    const heard: number[] = [];
    const leave = announcer.subscribe((value) => {
      leave();
      heard.push(value);
    });
    announcer.subscribe((value) => heard.push(value * 10));
    announcer.announce(1);
    announcer.announce(2);
    expect(heard).toEqual([1, 10, 20]);
  });
});

describe('statistics', () => {
  it('knows no quantile of nothing', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('interpolates between ranks and leaves the list alone', () => {
    const values = [4, 1, 3, 2];
    expect([0, 0.25, 0.5, 0.75, 1].map((q) => quantile(values, q))).toEqual([1, 1.75, 2.5, 3.25, 4]);
    expect(values).toEqual([4, 1, 3, 2]);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('keeps the newest values of a window', () => {
    const window = new RollingWindow(3);
    for (const value of [100, 1, 2, 3]) window.push(value);
    expect([window.size, window.quantile(0), window.quantile(1)]).toEqual([3, 1, 3]);
    window.clear();
    expect(window.size).toBe(0);
  });

  it('measures milliseconds between monotonic instants', () => {
    expect(millisBetween(1_000_000n, 3_500_000n)).toBe(2.5);
    expect(monotonicNs()).toBeLessThanOrEqual(monotonicNs());
  });
});

describe('3x3 matrices', () => {
  const matrix: Matrix3 = [2, 0, 1, 1, 3, 2, 1, 1, 2];

  it('have no inverse where singular and no rows to divide where they sum to nothing', () => {
    expect(inverse3([1, 2, 3, 2, 4, 6, 0, 0, 1])).toBeUndefined();
    expect(rowsSummingToOne([1, -1, 0, 0, 1, 0, 0, 0, 1])).toBeUndefined();
  });

  it('are undone by their inverse', () => {
    const inverse = inverse3(matrix) as Matrix3;
    expect(multiply3(matrix, inverse).map((value) => Math.round(value * 1e12) / 1e12 + 0)).toEqual([...identity3]);
    expect(apply3(matrix, [1, 2, 3])).toEqual([5, 13, 9]);
  });

  it('multiply as they are applied', () => {
    const whole = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 9, maxLength: 9 })
      .map((cells) => cells as unknown as Matrix3);
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const positiveZero = (value: number): number => value + 0;
        const inTwoSteps = apply3(a, apply3(b, [1, -2, 3])).map(positiveZero);
        expect(apply3(multiply3(a, b), [1, -2, 3]).map(positiveZero)).toEqual(inTwoSteps);
      }),
    );
  });

  it('keep white white once their rows sum to 1', () => {
    const white = apply3(rowsSummingToOne(matrix) as Matrix3, [1, 1, 1]);
    expect(white.map((value) => Math.round(value * 1e12) / 1e12)).toEqual([1, 1, 1]);
  });
});

describe('the data folder', () => {
  it('follows CAMERA_LAB_HOME before anything else', () => {
    expect(defaultDataFolder({ CAMERA_LAB_HOME: '/data/lab', XDG_DATA_HOME: '/xdg' })).toBe('/data/lab');
  });

  it.runIf(process.platform === 'linux')('follows the XDG folders on Linux', () => {
    expect(defaultDataFolder({ XDG_DATA_HOME: '/xdg' })).toBe('/xdg/camera-lab');
    expect(defaultDataFolder({})).toMatch(/\/\.local\/share\/camera-lab$/);
  });
});

describe('a file that is written whole', () => {
  async function temporaryFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'camera-lab-write-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  }

  it('is refused with the reason where no file can be, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'folder'));
    await expect(writeWhole(join(folder, 'absent', 'a.txt'), 'text')).rejects.toThrow(
      `Expected an existing folder but received ${join(folder, 'absent')}`,
    );
    await expect(writeWhole(join(folder, 'file', 'a.txt'), 'text')).rejects.toThrow(
      `Expected a folder but received ${join(folder, 'file')}`,
    );
    await expect(writeWhole(join(folder, 'folder'), 'text')).rejects.toMatchObject({ code: 'file.not-writable', exitCode: 2 });
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder']);
  });

  it('replaces an earlier one', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    await writeWhole(path, 'first');
    await writeWhole(path, new TextEncoder().encode('second'));
    expect(await readFile(path, 'utf8')).toBe('second');
  });
});
