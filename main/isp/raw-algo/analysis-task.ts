import { assert } from '../../base/errors.ts';
import { workerUrl } from '../../base/worker-url.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { RawAlgoInputs } from '../raw-algo.ts';
import { plainOf, revived } from './records.ts';
import { measureSensor, type SensorMeasurement } from './sensor-analysis.ts';

/** Frames of one size and exposure, in the input slots, oldest first. */
export interface AnalysisSpec {
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
}

/** Bytes of the output slot: every level of 16 bits and a hundred thousand suspects, as JSON. */
export const analysisBytes = 4 * 2 ** 20;

/** Work for a lane: the measurement of the frames becomes JSON in the output slot, whose length is the statistic `bytes`. */
export function analysisTask(specification: AnalysisSpec) {
  return { name: 'module', module: workerUrl('isp/raw-algo/analysis-task').href, specification } as const;
}

/** Reads what {@link runTask} wrote. */
export function readAnalysis(bytes: Uint8Array): SensorMeasurement {
  const read = JSON.parse(new TextDecoder().decode(bytes.slice())) as SensorMeasurement;
  const inputs = Object.entries(read.inputs).map(([name, plain]) => [name, revived(plain)]);
  return { ...read, inputs: Object.fromEntries(inputs) as Partial<RawAlgoInputs> };
}

/** Measures on the calling thread; see {@link analysisTask}. */
export function runTask(
  { width, height, sensor }: AnalysisSpec,
  { inputs: slots, outputs }: { readonly inputs: readonly Uint16Array[]; readonly outputs: readonly Uint16Array[] },
  checkpoint: (share: number) => void,
): Record<string, number> {
  const [output] = outputs;
  assert(output, 'Expected a slot for the measurement');
  const frames = slots.map((slot) => ({ width, height, sensor, samples: slot.subarray(0, width * height) }));
  const measured = measureSensor(frames, checkpoint);
  const inputs = Object.entries(measured.inputs).map(([name, value]) => [name, plainOf(value)]);
  const json = new TextEncoder().encode(JSON.stringify({ ...measured, inputs: Object.fromEntries(inputs) }));
  assert(
    json.length <= output.byteLength,
    `Expected a measurement of at most ${output.byteLength} bytes but received ${json.length}`,
  );
  new Uint8Array(output.buffer, output.byteOffset, output.byteLength).set(json);
  return { bytes: json.length, frames: measured.frames };
}
