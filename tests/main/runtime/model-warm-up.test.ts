import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../main/processor/stage.ts';
import { type CreateSession, LaneSessions } from '../../../main/runtime/lane-sessions.ts';
import { largestDifference, warmUpMosaic } from '../../../main/runtime/model-warm-up.ts';
import { laneModel } from './lane-model.ts';

/** A GPU that computes as the CPU does, but whose every output byte from `from` on is `error` too high. */
function gpuThatErrsBy(error: number, from = 0): CreateSession {
  return async (bytes, options) => {
    const session = await InferenceSession.create(bytes, { ...options, executionProviders: ['cpu'] });
    if (options.executionProviders?.[0] === 'cpu') return session;
    const run = session.run.bind(session);
    session.run = async (feeds: unknown, fetches: unknown) => {
      const results = await run(feeds as never, fetches as never);
      const { data } = (fetches as { rgba: Tensor }).rgba;
      for (let index = from; index < data.length; index++) {
        const value = data[index] as number;
        data[index] = value + error <= 255 ? value + error : value - error;
      }
      return results;
    };
    return session;
  };
}

describe('the numeric self-check of a provider', () => {
  it('refuses one that computes something else, with the figure', async () => {
    const sessions = new LaneSessions(gpuThatErrsBy(3));
    const loading = sessions.load(await laneModel({ provider: 'cuda' }));
    await expect(loading).rejects.toMatchObject({
      code: 'model.wrong-result',
      message: 'Expected cuda to agree with the CPU within 2/255 but its picture differs by 3/255',
    });
    expect(sessions.hashes).toEqual([]);
  });

  it('sees a single wrong byte', async () => {
    const model = await laneModel({ provider: 'cuda' });
    const bytes = elementsOf(model.planes.outputs[0]?.windows[0]?.shape ?? []);
    await expect(new LaneSessions(gpuThatErrsBy(40, bytes - 1)).load(model)).rejects.toThrow('differs by 40/255');
  });

  it('takes rounding for what it is', async () => {
    const sessions = new LaneSessions(gpuThatErrsBy(2));
    const model = await laneModel({ provider: 'cuda' });
    await sessions.load(model);
    expect(sessions.of(model.hash).model.provider).toBe('cuda');
  });

  it('leaves the CPU alone', async () => {
    const providers: unknown[] = [];
    const create: CreateSession = (bytes, options) => {
      providers.push(options.executionProviders?.[0]);
      return InferenceSession.create(bytes, options);
    };
    await new LaneSessions(create).load(await laneModel());
    // The strips and what runs once before them.
    expect(providers).toEqual(['cpu', 'cpu']);
  });
});

describe('the warm-up frame', () => {
  it('is the same every time, within the sensor, and has the whole range of tones', () => {
    const samples = warmUpMosaic(10_000, 1023);
    expect(warmUpMosaic(10_000, 1023)).toEqual(samples);
    expect([Math.min(...samples), Math.max(...samples)]).toEqual([0, 1023]);
    const tones = new Set(samples.map((sample) => sample >> 5));
    expect(tones.size).toBe(32);
  });

  it('is compared byte by byte', () => {
    expect(largestDifference(Uint8Array.of(1, 200, 7), Uint8Array.of(1, 190, 9))).toBe(10);
    expect(largestDifference(new Uint8Array(3), new Uint8Array(3))).toBe(0);
    expect(() => largestDifference(new Uint8Array(3), new Uint8Array(4))).toThrow('Expected 4 elements but received 3');
  });

  it('is compared by the range of wider types, and what is no number differs without end', () => {
    expect(largestDifference(Uint16Array.of(1000, 510), Uint16Array.of(1020, 510))).toBeCloseTo((20 / 1020) * 255, 10);
    expect(largestDifference(Float32Array.of(0.5, -1), Float32Array.of(0.5, -2))).toBeCloseTo(127.5, 10);
    expect(largestDifference(Float32Array.of(Number.NaN, 1), Float32Array.of(0, 1))).toBe(Number.POSITIVE_INFINITY);
  });
});
