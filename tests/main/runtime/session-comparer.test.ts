import { beforeAll, describe, expect, it } from 'vitest';
import type { ChainMember } from '../../../main/live/chain/chain-member.ts';
import { comparisonRequest } from '../../../main/live/chain/segment-request.ts';
import { builtinProcessors } from '../../../main/processor/builtin/builtin-processors.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import { inlineHandle } from '../../../main/processor/processor-handle.ts';
import { type ModelRequest, modelSource } from '../../../main/runtime/model-source.ts';
import { type ComparisonRequest, compareSessions, PartError } from '../../../main/runtime/session-comparer.ts';

const geometry = {
  ...{ mosaicWidth: 32, mosaicHeight: 180, width: 32, height: 180 },
  sensor: { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 },
} as const;

function member(processorId: string, place: ChainMember['item']['place']): ChainMember {
  const declaration = builtinProcessors.find(({ id }) => id === processorId);
  if (!declaration) throw new Error(`Expected a processor of the lab but received ${processorId}`);
  const item = { key: processorId, processorId, place, bypass: false, solo: false, prompts: [] } as const;
  const offer = { declaration, handle: inlineHandle(declaration), hash: '1' };
  return { item, offer, parameters: new ParameterStore(processorId, declaration.params) };
}

const requestFor = (ids: readonly string[], place: ChainMember['item']['place'] = 'postprocessor'): Promise<ComparisonRequest> =>
  comparisonRequest(
    ids.map((id) => member(id, place)),
    { geometry, threads: 2 },
  );

const wanted = new AbortController().signal;

/** The same model, with no value for any of its parameters. */
const broken = (request: ModelRequest): ModelRequest => ({ ...request, stage: { ...request.stage, inputs: () => ({}) } });

describe('sessions to be compared', () => {
  let pictures: ComparisonRequest;
  beforeAll(async () => {
    pictures = await requestFor(['vignette-correction', 'unsharp-mask', 'edge-view']);
  });

  it('are several', async () => {
    await expect(compareSessions({ ...pictures, alone: pictures.alone.slice(0, 1) }, wanted)).rejects.toThrow(
      'Expected several parts to compare but received 1',
    );
  });

  it('that cannot be run alone are named by their place, with the reason', async () => {
    const alone = pictures.alone.map((request, part) => (part === 1 ? broken(request) : request));
    const failed = await compareSessions({ ...pictures, alone }, wanted).catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(PartError);
    expect(failed).toMatchObject({
      part: 1,
      message: expect.stringContaining('Expected a value for graph input unsharp_amount'),
    });
  });

  it('that cannot be run as one are no part’s fault', async () => {
    const together = broken(pictures.together);
    const failed = await compareSessions({ ...pictures, together }, wanted).catch((thrown: unknown) => thrown);
    expect(failed).not.toBeInstanceOf(PartError);
    expect(failed).toMatchObject({ message: expect.stringContaining('Expected a value for graph input') });
  });

  it('are not run where nobody wants to know any more, and given up where they run', async () => {
    const before = new AbortController();
    before.abort();
    expect(await compareSessions(pictures, before.signal)).toBeUndefined();
    const meanwhile = new AbortController();
    process.once('worker', () => meanwhile.abort());
    expect(await compareSessions(pictures, meanwhile.signal)).toBeUndefined();
    expect(meanwhile.signal.aborted).toBe(true);
  });
});

describe('sessions compared', () => {
  it.each([
    ['behind the ISP', ['vignette-correction', 'unsharp-mask', 'edge-view'], 'postprocessor'],
    ['where the first sees four mosaics', ['temporal-denoise', 'vignette-correction'], 'preprocessor'],
  ] as const)('%s tell what each took, of the models that a chain would run', async (_, ids, place) => {
    const request = await requestFor(ids, place);
    const compared = await compareSessions(request, wanted);
    if (!compared) throw new Error('Expected a comparison');
    const { hash, togetherMillis, aloneMillis, oneByOneMillis, turns } = compared;
    expect(hash).toBe((await modelSource(request.together, 'cpu')).model.hash);
    expect(aloneMillis).toHaveLength(ids.length);
    expect([togetherMillis, ...aloneMillis].every((millis) => millis > 0)).toBe(true);
    // In every turn the sum is at least each part of it, and so are the medians.
    expect(oneByOneMillis).toBeGreaterThanOrEqual(Math.max(...aloneMillis));
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('are cut in strips as a chain would cut them: alone by their own halo, as one by the sum', async () => {
    const { together, alone } = await requestFor(['vignette-correction', 'unsharp-mask', 'edge-view']);
    const stripsOf = async (request: ModelRequest): Promise<unknown> => {
      const { model, plan } = await modelSource(request, 'cpu');
      return { strips: model.strips, rows: plan.inputs[0]?.windows[0]?.shape[0] };
    };
    // Two strips of 90 rows: with no halo, with four rows on either side, with one, and with five.
    expect(await Promise.all(alone.map(stripsOf))).toEqual([
      { strips: 2, rows: 90 },
      { strips: 2, rows: 98 },
      { strips: 2, rows: 92 },
    ]);
    expect(await stripsOf(together)).toEqual({ strips: 2, rows: 100 });
  });
});
