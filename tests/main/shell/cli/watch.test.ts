import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runWatch } from '../../../../main/shell/cli/watch.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import { FakeV4l2, summary } from './fake-v4l2.ts';

const brio = summary('/dev/video0', 'Brio');
const locked = { ...brio, failure: new V4l2Error('v4l2.permission', 'Permission denied') };

/** A watch that runs, what it printed, and a wait for that many lines. */
function watching(face: FakeV4l2, options: { readonly json?: boolean } = {}) {
  const lines: string[] = [];
  const end = Promise.withResolvers<void>();
  const ended = runWatch(options, { result: (line) => void lines.push(line), note: () => undefined }, face, end.promise);
  return { lines, end: end.resolve, ended, seen: (count: number) => expect.poll(() => lines.length).toBe(count) };
}

describe('watching', () => {
  it('without the addon fails with the reason', async () => {
    const { ended } = watching(new FakeV4l2({ obstacle: 'not built' }));
    await expect(ended).rejects.toMatchObject({ exitCode: 1, message: 'not built' });
  });

  it('fails when the devices cannot be listed, and stops to watch', async () => {
    const face = new FakeV4l2({});
    face.listDevices = () => Promise.reject(new Error('no folder'));
    await expect(watching(face).ended).rejects.toThrow('no folder');
    expect(face.isWatched).toBe(false);
  });

  it('tells what is there, what goes, comes and changes, in that order', async () => {
    const face = new FakeV4l2({ devices: [brio] });
    const { lines, end, ended, seen } = watching(face);
    await seen(1);
    face.change('removed', '/dev/video0', []);
    face.change('added', '/dev/video0', [locked]);
    await seen(3);
    face.change('changed', '/dev/video0', [brio]);
    await seen(4);
    end();
    await ended;
    const who = '/dev/video0  Brio  bus|Brio|/dev/video0';
    expect(lines).toEqual([`present  ${who}`, `removed  ${who}`, `added    ${who}  (Permission denied)`, `changed  ${who}`]);
    expect(face.isWatched).toBe(false);
  });

  it('prints one JSON object a line', async () => {
    const face = new FakeV4l2({ devices: [brio] });
    const { lines, end, ended, seen } = watching(face, { json: true });
    await seen(1);
    face.change('added', '/dev/media0', [brio]);
    await seen(2);
    end();
    await ended;
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: 'present', path: '/dev/video0', name: 'Brio', identity: brio.identity },
      { event: 'added', path: '/dev/media0' },
    ]);
  });

  it('passes over a file that is no device, and over its end', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-lab-watch-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'video77');
    writeFileSync(file, '');
    const face = new FakeV4l2({ devices: [] });
    const { lines, end, ended, seen } = watching(face);
    face.change('added', file, []);
    face.change('changed', file, []);
    face.change('removed', file, []);
    face.change('added', '/dev/null', []);
    await seen(1);
    end();
    await ended;
    expect(lines).toEqual(['added    /dev/null']);
  });
});
