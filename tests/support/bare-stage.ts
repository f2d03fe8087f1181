import type { SensorDescription } from '../../main/frame/frame-meta.ts';
import type { Operator } from '../../main/isp/operator.ts';
import { blackLevel } from '../../main/isp/operators/black-level.ts';
import { opaqueCells } from '../../main/isp/operators/opaque-cells.ts';
import { pack } from '../../main/isp/operators/pack.ts';
import { rasterInput } from '../../main/isp/operators/raster-input.ts';
import { rgba8Output } from '../../main/isp/operators/rgba8-output.ts';
import { planStage } from '../../main/isp/stage-plan.ts';
import { defineProcessor } from '../../main/processor/define-processor.ts';
import type { Stage } from '../../main/processor/stage.ts';

/** A sensor whose DN are the picture's 8-bit values. */
export const picturePlain = (cfa: SensorDescription['cfa']): SensorDescription => ({
  cfa,
  bits: 8,
  blackLevels: [0, 0, 0, 0],
  whiteLevel: 255,
});

/** A stage of nothing but `operators` between the black level, as packed planes, and RGBA8; they end in cells of R, G, B. */
export function bareStage(operators: readonly Operator[], stripRows = 4096): Stage {
  return stageOf([rasterInput, blackLevel, pack, ...operators, opaqueCells, rgba8Output], stripRows);
}

/** The same with the mosaic as it is. */
export function bareMosaicStage(operators: readonly Operator[], stripRows = 4096): Stage {
  return stageOf([rasterInput, blackLevel, ...operators, opaqueCells, rgba8Output], stripRows);
}

function stageOf(operators: readonly Operator[], stripRows: number): Stage {
  const parts = { id: 'bare-stage', name: 'Bare stage' };
  const declaration = defineProcessor({
    ...parts,
    description: 'Operators by themselves',
    supportsPrompts: false,
    modes: { video: { default: true } },
    usage: ['main'],
    params: Object.assign({}, ...operators.map((operator) => operator.params)),
  });
  return {
    declaration,
    plan: (request) => planStage({ ...parts, operators, stripRows }, request),
    inputs: (values, sensor) => Object.assign({}, ...operators.map((operator) => operator.inputs(values, sensor))),
    defaultsFor: () => ({}),
  };
}
