import type { AnalysisDesk } from '../live/analysis-desk.ts';
import type { BracketShooter } from '../live/bracket-shooter.ts';
import type { DevelopmentDesk } from '../live/development-desk.ts';
import type { FusionDesk } from '../live/fusion-desk.ts';
import type { CallHandlers } from './lab-service.ts';

/** The desks whose work goes on behind the live picture. */
export interface BackgroundDesks {
  readonly fusion: FusionDesk;
  readonly bracket: BracketShooter;
  readonly development: DevelopmentDesk;
  readonly analysis: AnalysisDesk;
}

type BackgroundCall =
  | 'fusion.merge'
  | 'fusion.cancel'
  | 'development.start'
  | 'development.cancel'
  | 'sensor.analyse'
  | 'sensor.cancelAnalysis';

/** The calls of the contract that ask for work behind the live picture. */
export function backgroundCalls({ fusion, bracket, development, analysis }: BackgroundDesks): Pick<CallHandlers, BackgroundCall> {
  return {
    'fusion.merge': async (request) => {
      const isPlanned = request.frameCount === 'automatic';
      const merging = isPlanned ? bracket.shoot() : fusion.merge({ ...request, frameCount: request.frameCount });
      const { planId, path, sequences, weights } = await merging;
      return { planId, path, sequences: [...sequences], weights: [...weights] };
    },
    'fusion.cancel': ({ planId }) => {
      fusion.cancel(planId);
      return {};
    },
    'development.start': () => development.developNewest(),
    'development.cancel': ({ developmentId }) => {
      development.cancel(developmentId);
      return {};
    },
    'sensor.analyse': async () => {
      const { sequences, findings } = await analysis.analyse();
      return { sequences: [...sequences], findings: [...findings] };
    },
    'sensor.cancelAnalysis': () => {
      analysis.cancel();
      return {};
    },
  };
}
