import { describe, expect, it } from 'vitest';
import { builtinProcessors } from '../../../../main/processor/builtin/builtin-processors.ts';
import { openGraphSession } from '../../../../main/processor/graph-session.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { describeParameters } from '../../../../main/processor/parameters.ts';
import { loadTimeOf, planProcessor, processorInputs, processorPorts } from '../../../../main/processor/processor-plan.ts';
import type { ParameterDescription, ParameterValue, ParameterValues } from '../../../../preload/contract.ts';
import type { ByteFrame } from '../../../support/scope-python.ts';
import { byteFrames, exportBench, largestByteError, pythonAbsence, sourceOf, withoutPython } from './exported.ts';

const bench = exportBench();
const graphs = builtinProcessors.filter((processor) => processor.graph);
// Odd, so that nothing divides; no graph is written for this size.
const [rows, columns] = [27, 34];

/** A value other than the default, away from the ends. */
function otherValue({ options, control, integer, minimum = 0, maximum = 1, defaultValue }: ParameterDescription): ParameterValue {
  if (options) return options.find(({ value }) => value !== defaultValue)?.value as ParameterValue;
  if (control === 'toggle') return !defaultValue;
  const between = minimum + 0.3 * (maximum - minimum);
  return integer ? Math.round(between) : between;
}

/** Values that differ from the defaults in every parameter of a kind but texts. */
function otherValues(processor: ImageProcessor, kind: 'runtime' | 'load-time'): ParameterValues {
  const changed = describeParameters(processor.params).filter((one) => one.kind === kind && one.control !== 'text');
  return Object.fromEntries(changed.map((parameter) => [parameter.name, otherValue(parameter)]));
}

/** What the lab itself makes of frames, one by one, as bytes. */
async function ofTheLab(processor: ImageProcessor, frames: readonly ByteFrame[], values: ParameterValues): Promise<Uint8Array> {
  const { rows: height, columns: width } = frames[0] as ByteFrame;
  const { inputSize } = processor.prepare(loadTimeOf(processor.params, values));
  const session = await openGraphSession(planProcessor(processor, { width, height, loadTimeValues: values }));
  try {
    const made: number[] = [];
    for (const index of frames.keys()) {
      const window = Array.from({ length: inputSize }, (_, at) => frames[Math.max(0, index + at + 1 - inputSize)] as ByteFrame);
      const data = Float32Array.from(window.flatMap((frame) => [...frame.data].map((value) => value / 255)));
      const results = await session.run(
        { data, shape: [inputSize, height, width, 3] },
        processorInputs(processor.params, values),
      );
      made.push(...(results[processorPorts.result] as Float32Array).map((value) => Math.round(value * 255)));
    }
    return Uint8Array.from(made);
  } finally {
    await session.close();
  }
}

describe.skipIf(pythonAbsence !== undefined).each(graphs)(`the exported $id${withoutPython}`, (processor) => {
  it('registers under its own id, and imports nothing heavy before it is asked for', async () => {
    const { id, eager, schema } = await bench.load(await sourceOf(processor));
    expect({ id, eager }).toEqual({ id: processor.id, eager: [] });
    expect(schema).toMatchObject({ name: processor.name, version: processor.version, supports_prompts: false });
    expect(schema.usage).toEqual(processor.usage.filter((place) => place !== 'main'));
  });

  it("makes the lab's own picture of every frame, at the defaults and with every parameter changed", async () => {
    const loadTime = otherValues(processor, 'load-time');
    const { open, fixed, graphs: written } = await sourceOf(processor);
    expect(written.filter(({ size }) => size)).toEqual([]);
    const chosen = Object.fromEntries(open.map(({ name }) => [name, loadTime[name] as ParameterValue]));
    const kept = Object.fromEntries(fixed.map(({ name, defaultValue }) => [name, defaultValue]));
    for (const [load, kwargs] of [
      [{}, {}],
      [chosen, otherValues(processor, 'runtime')],
    ] as const) {
      const frames = byteFrames(5, rows, columns);
      const calls = [frames.slice(0, 2), frames.slice(2)].map((video) => ({ video, kwargs }));
      const chunks = await bench.python.run(processor.id, load, calls);
      const made = Uint8Array.from(chunks.flatMap(({ data }) => [...data]));
      expect(largestByteError(made, await ofTheLab(processor, frames, { ...kept, ...load, ...kwargs }))).toBeLessThanOrEqual(1);
    }
  });
});
