import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext } from '../operator.ts';
import { boxMean, type CellField, windowOf } from './demosaic-residual/cell-field.ts';

/** Side of the windows in cells; two of them follow each other. */
const side = 9;

/** Side of the window in which the brightest samples are averaged: gains that jump from cell to cell would make the demosaic see a maze. */
const highlightSide = 5;
const reach = side - 1 + (highlightSide - 1) / 2 + 1;

/** Steps of root light below this are detail and keep their contrast; above, they are edges of the base. */
const edge = 0.1;

/** Light from which highlights are compressed. */
const knee = 0.8;

/**
 * Local tone on the packed mosaic in linear light: a smooth gain that is the same for all colours, so that colours and the demosaic's
 * gradients are kept. Shadows are lifted by the cell's base (a guided filter of root light), so that detail is not flattened; then
 * highlights beyond white, which reconstruction or exposure made, are compressed into what is left above the knee.
 */
export const localTone: GraphOperator = {
  kind: 'graph',
  id: 'local-tone',
  halo: { above: 2 * reach, below: 2 * reach },
  params: {
    local_tone: runtime(z.number().min(0).max(1).default(0), {
      order: 22,
      label: 'Local tone',
      category: 'Tone',
      step: 0.01,
      help: 'Lifts dark regions and keeps their detail; 1 gives up to two stops, 0 changes nothing',
    }),
    highlight_recovery: runtime(z.number().min(0).max(1).default(0), {
      order: 23,
      label: 'Highlights',
      category: 'Tone',
      step: 0.01,
      help: 'Share of the light beyond white that is compressed into the picture; 0 clips it',
    }),
  },
  graph: (context, x) => {
    expectLayout(x, 'packed', 'local-tone');
    const { g, input } = context;
    const strength = input('local_tone', 'float32', [], 'Lift of dark regions, 0 to 1');
    const samples = { value: x.value, margin: x.margin / 2 };
    const level = g.squareRoot(g.maximum(g.reduceMean(x.value, [1]), g.scalar(0)));
    const mean = boxMean(g, { value: level, margin: samples.margin }, side);
    const square = boxMean(g, { value: g.multiply(level, level), margin: samples.margin }, side);
    const variance = g.maximum(g.subtract(square.value, g.multiply(mean.value, mean.value)), g.scalar(0));
    const slope = g.divide(variance, g.add(variance, g.scalar(edge ** 2)));
    const offset = g.multiply(mean.value, g.subtract(g.scalar(1), slope));
    const share = boxMean(g, { value: slope, margin: mean.margin }, side);
    const rest = boxMean(g, { value: offset, margin: mean.margin }, side);
    const { margin } = rest;
    const base = g.add(g.multiply(windowOf(g, { value: level, margin: samples.margin }, margin), share.value), rest.value);
    const darkness = g.maximum(g.subtract(g.scalar(1), base), g.scalar(0));
    const lift = g.add(g.multiply(g.multiply(darkness, darkness), strength), g.scalar(1));
    const raised = { value: g.multiply(lift, lift), margin };
    const peaks = g.multiply(g.reduceMaximum(windowOf(g, samples, margin), [1]), raised.value);
    const shown = highlightGain(context, { value: peaks, margin });
    const gain = { value: g.multiply(windowOf(g, raised, shown.margin), shown.value), margin: shown.margin };
    const left = gain.margin - 1;
    const toned = g.multiply(windowOf(g, samples, left), perPosition(g, gain.value));
    return { value: g.clip(toned, g.scalar(0), g.scalar(1)), layout: 'packed', margin: 2 * left };
  },
  inputs: (values) => ({
    local_tone: Float32Array.of(numberIn(values, 'local_tone')),
    highlight_recovery: Float32Array.of(numberIn(values, 'highlight_recovery')),
    exposure_ev: Float32Array.of(numberIn(values, 'exposure_ev')),
  }),
};

/** Gains of cells between which the four positions lie, a quarter of a cell off its middle: gains in steps of cells would be seen. */
function perPosition(g: GraphBuilder, gain: Value): Value {
  const near = [
    [0.25, 0.75, 0],
    [0, 0.75, 0.25],
  ] as const;
  const weights = near.flatMap((rows) => near.flatMap((columns) => rows.flatMap((row) => columns.map((column) => row * column))));
  return g.convolve(gain, g.constant('float32', weights, [4, 1, 3, 3]), [1, 1]);
}

/**
 * k + (t - k) / (1 + c (t - k)) of the brightest samples t around a cell, with c such that the brightest light there can be becomes
 * white; as a gain for all four samples.
 */
function highlightGain({ g, input }: OperatorContext, peaks: CellField): CellField {
  const recovery = input('highlight_recovery', 'float32', [], 'Share of the light beyond white that is compressed, 0 to 1');
  const gains = input('wb_gains', 'float32', [3, 1], 'White-balance gains of red, green and blue');
  const brightness = g.power(g.scalar(2), input('exposure_ev', 'float32', [], 'Exposure compensation, EV'));
  const range = g.divide(g.reduceMaximum(gains, [0]), g.reduceMinimum(gains, [0]));
  const beyond = g.maximum(g.subtract(g.multiply(g.reshape(range, []), brightness), g.scalar(1)), g.scalar(0));
  const excess = g.multiply(beyond, recovery);
  const bend = g.divide(excess, g.multiply(g.add(excess, g.scalar(1 - knee)), g.scalar(1 - knee)));
  const around = boxMean(g, peaks, highlightSide);
  const brightest = g.maximum(around.value, g.scalar(knee));
  const above = g.subtract(brightest, g.scalar(knee));
  const compressed = g.add(g.divide(above, g.add(g.multiply(above, bend), g.scalar(1))), g.scalar(knee));
  return { value: g.divide(compressed, brightest), margin: around.margin };
}
