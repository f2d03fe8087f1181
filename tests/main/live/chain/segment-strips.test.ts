import { describe, expect, it } from 'vitest';
import { segmentStage, segmentStrips } from '../../../../main/live/chain/segment-stage.ts';
import { builtinProcessors } from '../../../../main/processor/builtin/builtin-processors.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { chainLink, composeProcessors, type GraphSegment, segmentInputs } from '../../../../main/processor/processor-chain.ts';
import { loadTimeOf, processorInputs } from '../../../../main/processor/processor-plan.ts';
import type { InputValues, Stage } from '../../../../main/processor/stage.ts';
import { openSession } from '../../../../main/runtime/lane-sessions.ts';
import { modelSource } from '../../../../main/runtime/model-source.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { plainSensor, seededRandom } from '../../../support/synthetic-mosaic.ts';

/** No multiple of anything that kernels work in. */
const [width, height] = [45, 251];
const random = seededRandom(11);
const picture = Uint8Array.from({ length: width * height * 4 }, () => Math.floor(random() * 256));

type Wanted = readonly (readonly [id: string, loadTimeValues: ParameterValues])[];

const processorOf = (id: string): ImageProcessor => builtinProcessors.find((one) => one.id === id) as ImageProcessor;

function segmentFor(wanted: Wanted, rows: number): GraphSegment {
  const links = wanted.map(([id, loadTimeValues]) => chainLink(processorOf(id), { width, height: rows, loadTimeValues }));
  const [segment] = composeProcessors(links);
  if (segment?.kind !== 'graph') throw new Error('Expected one graph');
  return segment;
}

/** Runs every strip of a stage as a lane does. */
async function pictureOf(stage: Stage, inputs: InputValues): Promise<{ readonly made: Uint8Array; readonly strips: number }> {
  const { model, plan } = await modelSource({ stage, width, height, sensor: plainSensor, values: {}, provider: 'cpu' }, 'cpu');
  const session = await openSession(model);
  const made = new Uint8Array(picture.length);
  const frame = { inputs: [picture], outputs: [made], parameters: await session.parameters(inputs) };
  for (let strip = 0; strip < model.strips; strip++) await session.run(strip, frame);
  await session.release();
  return { made, strips: plan.strips.strips.length };
}

describe('a segment in strips', () => {
  it.each<[string, Wanted]>([
    ['a fine unsharp mask', [['unsharp-mask', {}]]],
    ['a coarse unsharp mask', [['unsharp-mask', { unsharp_sigma: 8 }]]],
    ['edges', [['edge-view', {}]]],
    ['a look-up table', [['lut', {}]]],
    ['false colours', [['false-colour', {}]]],
    ['colour blindness', [['colour-blindness', {}]]],
    [
      'three after another',
      [
        ['unsharp-mask', {}],
        ['edge-view', {}],
        ['false-colour', {}],
      ],
    ],
  ])('makes of %s the same bytes as of the whole frame', async (_, wanted) => {
    const halo = wanted.reduce((sum, [id, values]) => {
      const { halo: haloOf, params } = processorOf(id);
      return sum + (haloOf?.(loadTimeOf(params, values)) ?? Number.NaN);
    }, 0);
    const strips = segmentStrips(height, halo);
    if (!strips) throw new Error(`Expected strips of ${height} rows for a halo of ${halo}`);
    const whole = segmentFor(wanted, height);
    const cut = segmentFor(wanted, strips.rows + 2 * halo);
    const inputs = segmentInputs(whole, (index) => processorInputs(processorOf(wanted[index]?.[0] as string).params, {}));
    const expected = await pictureOf(segmentStage(whole, { width, height, threads: 1 }, inputs), inputs);
    const made = await pictureOf(segmentStage(cut, { width, height, threads: 1, strips }, inputs), inputs);
    expect([expected.strips, made.strips > 1]).toEqual([1, true]);
    expect(made.made.findIndex((byte, index) => byte !== expected.made[index])).toBe(-1);
  });

  it('is not cut where the frame is hardly higher than what a row depends on', () => {
    expect(segmentStrips(24, 4)).toBeUndefined();
    expect(segmentStrips(1080, 4)).toMatchObject({ halo: 4 });
  });
});
