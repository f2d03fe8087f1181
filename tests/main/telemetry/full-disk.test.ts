import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryFault } from '../../../main/telemetry/loss-ledger.ts';
import { TelemetryManager } from '../../../main/telemetry/telemetry-manager.ts';
import { chartSession, databaseIn, frameRow, temporaryFolder } from './telemetry-folder.ts';

const diskBytes = 2 * 2 ** 20;
const canMount = mountCheck();
if (!canMount) process.stderr.write('full-disk tests left out: mounting a small disk needs the administrator on Linux\n');

describe.runIf(canMount)('a disk that is really full', () => {
  let disk: string;
  let telemetry: TelemetryManager | undefined;

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'camera-lab-disk-'));
    expect(mount(disk)).toBe(true);
  });

  afterEach(async () => {
    await telemetry?.close();
    telemetry = undefined;
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it('is named with what to do when there is no room for a database', async () => {
    fill(disk);
    await expect(TelemetryManager.open({ folder: disk, appVersion: '9.9.9' })).rejects.toMatchObject({
      code: 'telemetry.disk-full',
      exitCode: 1,
      message: expect.stringContaining(databaseIn(disk)),
      action: expect.stringContaining('Free some space'),
    });
  });

  it('costs counted rows while it is full and none once there is room', async () => {
    telemetry = await TelemetryManager.open({ folder: disk, appVersion: '9.9.9' });
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    fill(disk);
    let frameId = 0;
    for (; faults.length === 0; frameId += 500) await appendFrames(telemetry, id, frameId, frameId + 500);
    expect(faults[0]).toMatchObject({ lostRows: 500, error: { code: 'telemetry.disk-full' } });

    rmSync(join(disk, 'ballast'));
    await appendFrames(telemetry, id, frameId, frameId + 500);
    expect(await telemetry.endSession(id)).toMatchObject({ frames: frameId });
    await telemetry.close();
    const database = new SqliteDatabase(databaseIn(disk));
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.prepare('SELECT lost_rows FROM session').pluck().get()).toBe(500);
    database.close();
  });

  it('fails an export without leaving a half, and recording goes on', async () => {
    telemetry = await TelemetryManager.open({ folder: temporaryFolder(), appVersion: '9.9.9' });
    const { id } = await telemetry.startSession(chartSession);
    await appendFrames(telemetry, id, 0, 100_000 / 4);
    const exports = join(disk, 'exports');
    fill(disk, diskBytes / 2);
    await expect(telemetry.exportCsv(id, exports)).rejects.toMatchObject({
      code: 'telemetry.disk-full',
      message: expect.stringContaining(exports),
      action: expect.stringContaining('Free some space'),
    });
    expect(readdirSync(exports)).toEqual([]);
    await appendFrames(telemetry, id, 25_000, 25_100);
    expect(await telemetry.endSession(id)).toMatchObject({ frames: 25_100 });
  });
});

async function appendFrames(telemetry: TelemetryManager, sessionId: number, from: number, to: number): Promise<void> {
  for (let frameId = from + 1; frameId <= to; frameId++) telemetry.appendFrame(sessionId, frameRow(frameId));
  await telemetry.flush();
}

/** Takes what is left of a small disk, down to the last page, or `bytes` of it. */
function fill(disk: string, bytes = diskBytes): void {
  try {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(bytes));
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'ENOSPC' });
  }
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder]).status === 0;
}

function mountCheck(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/proc/mounts')) return false;
  const folder = mkdtempSync(join(tmpdir(), 'camera-lab-mount-'));
  const mounted = mount(folder);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
}
