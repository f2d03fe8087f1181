import { describe, expect, it } from 'vitest';
import { chainLink, composeProcessors, type GraphSegment, segmentInputs } from '../../../main/processor/processor-chain.ts';
import { processorInputs } from '../../../main/processor/processor-plan.ts';
import { runGraph } from '../../support/run-graph.ts';
import { halfProcessor, liftProcessor, meanProcessor } from './example-processors.ts';

const request = { width: 2, height: 1, loadTimeValues: {} };
const lift = chainLink(liftProcessor, request);
const mean = chainLink(meanProcessor, request);
const half = chainLink(halfProcessor, request);

describe('a chain of processors', () => {
  it('is nothing where there are none', () => {
    expect(composeProcessors([])).toEqual([]);
  });

  it('breaks at calls and before processors that see several frames', () => {
    const segments = composeProcessors([lift, lift, half, lift, mean, lift, half, half]);
    const places = segments.map((segment) =>
      segment.kind === 'call' ? segment.index : segment.members.map(({ index }) => index),
    );
    expect(places).toEqual([[0, 1], 2, [3], [4, 5], 6, 7]);
    expect(segments.map(({ inputSize }) => inputSize)).toEqual([1, 1, 1, 3, 1, 1]);
  });

  it('gives every member its own parameters where their names meet', async () => {
    const [segment] = composeProcessors([lift, lift, lift]) as [GraphSegment];
    expect(segment.members.map(({ inputs }) => inputs.lift_gain)).toEqual(['lift_gain', 'lift.lift_gain', 'lift#2.lift_gain']);
    const gains = [1, 2, 0.5];
    const inputs = segmentInputs(segment, (index) =>
      processorInputs(liftProcessor.params, { lift_gain: gains[index] as number }),
    );
    const video = Float32Array.of(0, 0.125, 0.25, 0.375, 0.5, 1);
    const { video_out } = await runGraph(segment.graph, { ...inputs, video });
    // Each one multiplies, adds 1/8 and clamps.
    const expected = [...video].map((value) => {
      const steps = gains.reduce((x, gain) => Math.min(1, x * gain + 0.125), value);
      return steps;
    });
    expect(video_out).toEqual(expected);
  });

  it('refuses values that lack a parameter', () => {
    const [segment] = composeProcessors([lift, lift]) as [GraphSegment];
    expect(() => segmentInputs(segment, () => ({}))).toThrow('Expected a value for input lift_gain of the processor at place 0');
  });
});
