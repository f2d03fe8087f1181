import { useMemo } from 'react';
import { useLabState } from '../panel-context.ts';
import { adviceLines } from './advice-text.ts';

/** What SlowAlgo says of the scene now, below its parameters: about once a second, and only of what is not off. */
export function SceneAdvice({ processorId }: { processorId: string }) {
  const advice = useLabState((state) => state.advice);
  const values = useLabState((state) => state.parameters[processorId]?.values);
  const streaming = useLabState((state) => state.stream.phase === 'streaming');
  const lines = useMemo(() => adviceLines(advice), [advice]);
  const shown = lines.filter(({ parameter }) => streaming && values?.[parameter] !== 'off');
  if (shown.length === 0) return null;
  return (
    <section className="group" aria-label="The scene now" data-testid="scene-advice">
      <h3 className="group-title">The scene now</h3>
      <dl className="advice">
        {shown.map(({ label, text }) => (
          <div key={label} className="advice-line">
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
