import type { CallResponse } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import { labCallErrorFrom } from '../client/lab-client.ts';
import type { Report } from './report.ts';

/** With this code the lab refuses what somebody has cancelled meanwhile. */
const cancelledCode = 'runtime.cancelled';

/** What was found about the sensor, and from which frames. */
export type SensorAnalysis = CallResponse<'sensor.analyse'>;

/** What the user asks of the background lane. Failures become notices; what was cancelled is none. */
export interface BackgroundActions {
  /** Resolves when the merged DNG is written, and a notice says where, or when the merge was cancelled. */
  mergeFrames(kind: 'burst' | 'bracket', frameCount: number | 'automatic'): Promise<void>;
  cancelFusion(planId: number): Promise<void>;
  /** Resolves when the newest frame is developed, which the lab tells in a notice, or when that was cancelled. */
  developFrame(): Promise<void>;
  cancelDevelopment(developmentId: number): Promise<void>;
  /** What the frames that were shown last tell of the sensor; undefined where it failed or was cancelled, which a notice then tells. */
  analyseSensor(): Promise<SensorAnalysis | undefined>;
  cancelAnalysis(): Promise<void>;
}

/** The actions over one client; `inform` shows a notice of the page's own, from which the path of a file can be copied. */
export function createBackgroundActions(
  client: LabClient,
  report: Report,
  inform: (message: string, path?: string) => void,
): BackgroundActions {
  const unlessCancelled = async (step: () => Promise<unknown>, cancelled: string) => {
    try {
      await step();
    } catch (thrown) {
      if (labCallErrorFrom(thrown).code !== cancelledCode) throw thrown;
      inform(cancelled);
    }
  };
  const mergeFrames = async (kind: 'burst' | 'bracket', frameCount: number | 'automatic') => {
    const request = frameCount === 'automatic' ? ({ kind: 'bracket', frameCount } as const) : { kind, frameCount };
    const { path, sequences } = await client.call('fusion.merge', request);
    inform(`Merged ${sequences.length} frames into ${path}`, path);
  };
  return {
    async mergeFrames(kind, frameCount) {
      await report(() => unlessCancelled(() => mergeFrames(kind, frameCount), 'The merge was cancelled.'));
    },
    async cancelFusion(planId) {
      await report(async () => {
        await client.call('fusion.cancel', { planId });
      });
    },
    async developFrame() {
      await report(() => unlessCancelled(() => client.call('development.start', {}), 'The development was cancelled.'));
    },
    async analyseSensor() {
      let analysis: SensorAnalysis | undefined;
      const analyse = async () => {
        analysis = await client.call('sensor.analyse', {});
      };
      await report(() => unlessCancelled(analyse, 'The analysis was cancelled.'));
      return analysis;
    },
    async cancelAnalysis() {
      await report(async () => {
        await client.call('sensor.cancelAnalysis', {});
      });
    },
    async cancelDevelopment(developmentId) {
      await report(async () => {
        await client.call('development.cancel', { developmentId });
      });
    },
  };
}
