import type { LaneModel } from '../../../main/runtime/lane-protocol.ts';
import { modelSource } from '../../../main/runtime/model-source.ts';
import { benchRequest } from '../../support/lane-bench.ts';

/** FastISP as a worker gets it, with whatever a test puts in its place. */
export async function laneModel(changes: Partial<LaneModel> = {}, values = {}): Promise<LaneModel> {
  const { model } = await modelSource(benchRequest(values), 'cpu');
  return { ...model, ...changes };
}
