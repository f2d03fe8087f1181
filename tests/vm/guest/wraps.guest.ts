import { describe, expect, it } from 'vitest';
import { cameraPath, openStill, record, write } from './camera.ts';
import { expectEveryFrameCounted, moveRightFast } from './frame-count.ts';

const rate = 10;
const intervalNs = BigInt(1e9 / rate);
const sequenceWrap = 2 ** 32;
/** The driver sets its sequence to 128 frames before the wrap, and its clock to 16 s before. */
const [framesBefore, secondsBefore] = [128, 16n];

/** Streams the moving picture until sequence and clock have wrapped, and three frames more. */
async function recordAcross(path: string, timestampChoice: number, wrapNs: bigint) {
  await using camera = await openStill(path, 'RG10');
  await camera.setFrameInterval({ numerator: 1, denominator: rate });
  await write(camera, 'Horizontal Movement', moveRightFast);
  await write(camera, 'Wrap Sequence Number', true);
  await write(camera, 'Wrap Timestamp', timestampChoice);
  const recording = await record(camera);
  const hasWrapped = () => recording.frames.some(({ timestampNs }) => BigInt.asUintN(64, timestampNs) >= wrapNs);
  while (!hasWrapped()) await recording.atLeast(recording.frames.length + 1);
  await recording.atLeast(recording.frames.length + 3);
  const counters = await recording.stop();
  await write(camera, 'Wrap Timestamp', 0);
  await write(camera, 'Wrap Sequence Number', false);
  return { recording, counters, wrapNs };
}

function expectWrapped({ recording, counters, wrapNs }: Awaited<ReturnType<typeof recordAcross>>): void {
  const { frames } = recording;
  const made = expectEveryFrameCounted(recording, counters);
  const [first, last] = [frames[0], frames.at(-1)];
  expect(first?.sequence).toBeGreaterThanOrEqual(sequenceWrap - framesBefore);
  expect(first?.sequence).toBeLessThan(sequenceWrap);
  expect(last?.sequence).toBeGreaterThan(sequenceWrap);
  // The driver's clock counts 64 bits without a sign; what it passes on has one.
  const stamps = frames.map(({ timestampNs }) => BigInt.asUintN(64, timestampNs));
  expect(stamps.every((stamp, index) => index === 0 || stamp > (stamps[index - 1] ?? 0n))).toBe(true);
  const [firstNs = 0n, lastNs = 0n] = [stamps[0], stamps.at(-1)];
  expect(firstNs).toBeGreaterThanOrEqual(wrapNs - secondsBefore * 1_000_000_000n);
  expect(firstNs).toBeLessThan(wrapNs);
  expect(lastNs).toBeGreaterThan(wrapNs);
  // The driver takes the time when it begins to draw, somewhere within the interval that gives the frame its number.
  const drift = lastNs - firstNs - BigInt(made - 1) * intervalNs;
  expect(Math.abs(Number(drift))).toBeLessThan(1.5 * Number(intervalNs));
}

describe('frames across a wrap', () => {
  it('of the 32-bit sequence and of the clock keep their numbers and times, and no frame is counted as lost that was not', async () => {
    const [signed, seconds] = await Promise.all([
      recordAcross(cameraPath(0), 1, 2n ** 63n),
      recordAcross(cameraPath(1), 2, 2n ** 31n * 1_000_000_000n),
    ]);
    expectWrapped(signed);
    expect(signed.recording.frames.at(-1)?.timestampNs).toBeLessThan(-(2n ** 63n) + 10n ** 10n);
    expectWrapped(seconds);
    expect(seconds.recording.frames.at(-1)?.timestampNs).toBeGreaterThan(2n ** 31n * 1_000_000_000n);
  });
});
