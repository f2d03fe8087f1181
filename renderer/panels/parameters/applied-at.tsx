import { currentProcessor } from '../../store/selectors.ts';
import { useLabState, usePageState } from '../panel-context.ts';

/** Which frame was the first with the newest parameters, or that it has not come yet. */
export function AppliedAt() {
  const shown = usePageState((state) => state.shownProcessor);
  const processorId = useLabState((state) => {
    const known = state.processors.some(({ id }) => id === shown);
    return (known ? shown : currentProcessor(state)?.id) ?? '';
  });
  const version = useLabState((state) => state.parameters[processorId]?.version);
  const applied = useLabState((state) => state.applied[processorId]);
  const waiting = applied !== undefined && version !== undefined && applied.version < version;
  return (
    <output
      className="applied-at"
      data-testid="applied-at"
      data-frame={applied?.frameId}
      data-version={applied?.version}
      data-waiting={waiting || undefined}
    >
      {applied && (
        <>
          <span className="applied-words">applied at </span>frame {applied.frameId}
        </>
      )}
    </output>
  );
}
