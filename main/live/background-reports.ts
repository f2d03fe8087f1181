import type { EventName, EventPayload } from '../../preload/contract.ts';
import type { AlgorithmDesk } from './algorithm-desk.ts';
import type { AnalysisDesk } from './analysis-desk.ts';
import type { DevelopmentDesk } from './development-desk.ts';

/** The desks whose work goes on behind the live picture. */
export interface BackgroundParts {
  readonly development: Pick<DevelopmentDesk, 'changed' | 'noticed'>;
  readonly analysis: Pick<AnalysisDesk, 'changed'>;
  readonly algorithms: Pick<AlgorithmDesk, 'advised'>;
}

/** Leads what is done and found behind the live picture to whoever is told: pictures by a notice with their path. */
export function reportBackground(
  { development, analysis, algorithms }: BackgroundParts,
  announce: <N extends EventName>(name: N, payload: EventPayload<N>) => void,
): void {
  development.changed.subscribe((state) => {
    announce('development.changed', state);
    const { path } = state;
    if (path === undefined) return;
    announce('notice', { level: 'info', code: 'development.done', message: `Developed with SlowISP: ${path}`, path });
  });
  development.noticed.subscribe((record) => announce('notice', { level: 'error', ...record }));
  analysis.changed.subscribe((state) => announce('sensor.analysis', state));
  algorithms.advised.subscribe(({ algorithm, sequence, intents }) => {
    announce('algorithm.advised', { algorithm, sequence, intents: intents as EventPayload<'algorithm.advised'>['intents'] });
  });
}
