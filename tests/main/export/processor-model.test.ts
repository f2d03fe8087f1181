import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type ChainMember, chainModel } from '../../../main/export/processor-model.ts';
import { edgeView } from '../../../main/processor/builtin/edge-view.ts';
import { falseColour } from '../../../main/processor/builtin/false-colour.ts';
import { temporalDenoise } from '../../../main/processor/builtin/temporal-denoise.ts';
import { unsharpMask } from '../../../main/processor/builtin/unsharp-mask.ts';
import { openGraphSession } from '../../../main/processor/graph-session.ts';
import type { ImageProcessor } from '../../../main/processor/image-processor.ts';
import { inlineHandle } from '../../../main/processor/processor-handle.ts';
import { planProcessor, processorInputs } from '../../../main/processor/processor-plan.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { randomNumbers } from '../../support/random.ts';
import { halfProcessor, liftProcessor } from '../processor/example-processors.ts';
import { sizedTable } from './scope/example-exports.ts';

const member = (processor: ImageProcessor, values: ParameterValues = {}): ChainMember => ({
  handle: inlineHandle(processor),
  params: processor.params,
  values,
});

describe('a chain that cannot be one model', () => {
  it('is refused for a call, for a processor of several frames behind another one, and without a size where one is needed', async () => {
    await expect(chainModel([member(halfProcessor)], undefined)).rejects.toThrow(
      'Expected processors that are graphs but half is called',
    );
    await expect(chainModel([member(liftProcessor), member(temporalDenoise)], undefined)).rejects.toThrow(
      'Expected processors of one frame behind the first one but received temporal-denoise, which sees several',
    );
    await expect(chainModel([member(sizedTable)], undefined)).rejects.toThrow('Expected a size of frames');
  });
});

describe('a chain as one model', () => {
  it('says in itself what its inputs mean', async () => {
    const model = await chainModel(
      [member(liftProcessor, { lift_offset: 0.5 }), member(liftProcessor), member(edgeView)],
      undefined,
    );
    const { graph, docString, metadataProps } = onnxProto.onnx.ModelProto.decode(model.bytes);
    const inputs = Object.fromEntries((graph?.input ?? []).map(({ name, docString: help }) => [name, help]));
    expect(inputs).toMatchObject({
      lift_gain: 'Amount: How much; 0 to 4, default 2',
      'lift-2.lift_gain': 'Amount: How much; 0 to 4, default 2',
      edge_overlay: 'Over the picture: Off shows edges alone; 0 off, 1 on; default 1',
      edge_colour: 'Colour: Colour of the edges; 0 red, 1 green, 2 cyan, 3 white; default 0',
    });
    expect(docString).toBe(
      'Camera Lab: lift 1.0.0, then lift 1.0.0, then edge-view 1.0.0. Frames and parameters in, one frame out.',
    );
    const properties = Object.fromEntries((metadataProps ?? []).map(({ key, value }) => [key, value]));
    expect(properties.processors).toBe('lift 1.0.0, lift 1.0.0, edge-view 1.0.0');
    const parameters = JSON.parse(String(properties.parameters)) as { input: string }[];
    expect(parameters.map(({ input }) => input)).toEqual(model.inputs.slice(1).map(({ name }) => name));
    expect(parameters.at(-1)).toEqual({
      input: 'edge_colour',
      key: 'edge-view',
      processor: 'edge-view',
      name: 'edge_colour',
      label: 'Colour',
      default: 'red',
      values: ['red', 'green', 'cyan', 'white'],
    });
    expect(JSON.parse(String(properties.load_time))).toEqual([
      { processor: 'lift', lift_offset: 0.5 },
      { processor: 'lift', lift_offset: 0.125 },
      { processor: 'edge-view' },
    ]);
    expect(model.inputs[0]?.shape).toEqual([1, 'rows', 'columns', 3]);
  });
});

describe('a chain for every size of frame', () => {
  it('makes what the processors make one after the other', async () => {
    const chain: [ImageProcessor, ParameterValues][] = [
      [unsharpMask, { unsharp_amount: 1.4, unsharp_sigma: 0.8 }],
      [falseColour, { false_mix: 0.6, false_map: 'iron' }],
    ];
    const model = await chainModel(
      chain.map(([processor, values]) => member(processor, values)),
      undefined,
    );
    const session = await InferenceSession.create(model.bytes, { intraOpNumThreads: 1 });
    for (const [rows, columns] of [
      [9, 14],
      [21, 8],
    ] as const) {
      const next = randomNumbers(rows);
      const shape = [1, rows, columns, 3] as const;
      let frame = Float32Array.from({ length: rows * columns * 3 }, next);
      const scalars = Object.assign(
        {},
        ...chain.map(([processor, values]) => processorInputs(processor.params, values)),
      ) as Record<string, Float32Array>;
      const feeds = Object.entries(scalars).map(([name, data]) => [name, new Tensor('float32', data, [])] as const);
      const made = await session.run({ video: new Tensor('float32', frame, shape), ...Object.fromEntries(feeds) });
      for (const [processor, values] of chain) {
        const graph = planProcessor(processor, { width: columns, height: rows, loadTimeValues: values });
        const alone = await openGraphSession(graph);
        const results = await alone.run({ data: frame, shape }, processorInputs(processor.params, values));
        frame = Float32Array.from(results.video_out as Float32Array);
        await alone.close();
      }
      const samples = made.video_out?.data;
      expect(samples).toHaveLength(frame.length);
      frame.forEach((value, at) => {
        expect(Math.abs((samples?.[at] as number) - value)).toBeLessThan(1e-6);
      });
    }
    await session.release();
  });

  it('has no seams between its processors that undo each other', async () => {
    const members = [member(unsharpMask), member(unsharpMask)];
    const operatorsOf = async (chain: readonly ChainMember[]): Promise<string[]> => {
      const { bytes } = await chainModel(chain, undefined);
      return (onnxProto.onnx.ModelProto.decode(bytes).graph?.node ?? []).map(({ opType }) => opType as string);
    };
    const count = (operators: readonly string[], wanted: string): number => operators.filter((one) => one === wanted).length;
    const alone = await Promise.all(members.map((one) => operatorsOf([one])));
    const together = await operatorsOf(members);
    const apart = alone.flat();
    // Each begins by a turn into planes and ends by one back: of the inner pair nothing is left.
    expect(count(apart, 'Transpose') - count(together, 'Transpose')).toBe(2);
  });

  it('is for one size where one is given', async () => {
    const model = await chainModel([member(sizedTable), member(unsharpMask)], { width: 12, height: 10 });
    expect(model.inputs[0]?.shape).toEqual([1, 10, 12, 3]);
  });
});
