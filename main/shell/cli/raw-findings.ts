import { findingsOf, type SensorFinding } from '../../isp/raw-algo/findings.ts';
import { recordsOf } from '../../isp/raw-algo/records.ts';
import { measureSensor } from '../../isp/raw-algo/sensor-analysis.ts';
import { decideRaw } from '../../isp/raw-algo.ts';
import type { Mosaic } from '../../live/single-frame.ts';

/** What one frame tells of its sensor: in words, and what was decided of each thing, empty where it tells too little. */
export interface RawFindings {
  readonly findings: readonly SensorFinding[];
  readonly decisions: Readonly<Record<string, object>>;
}

/** RawAlgo over a single frame, as it was read. */
export function rawFindings(mosaic: Mosaic): RawFindings {
  const measured = measureSensor([mosaic]);
  const intents = decideRaw(measured.inputs);
  const decisions = recordsOf(intents).map(({ algorithm, intents: decision }) => [algorithm.replace(/^raw:/, ''), decision]);
  return { findings: findingsOf(intents, measured, mosaic.sensor), decisions: Object.fromEntries(decisions) };
}
