import { Lock } from 'lucide-react';
import { useMemo } from 'react';
import type { ProcessorDescription } from '../../../preload/contract.ts';
import { draftChanges, loadTimeLocked, parameterGroups } from '../../store/selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { ParameterRows } from './parameter-row.tsx';

/** Settings that are part of the graph: locked while frames flow, edited as a draft, applied by building the graph anew. */
export function LoadTimeSection({ processor }: { processor: ProcessorDescription }) {
  const groups = useMemo(() => parameterGroups(processor, 'load-time'), [processor]);
  const locked = useLabState((state) => loadTimeLocked(state, processor.id));
  if (groups.length === 0) return null;
  return (
    <section className="load-time" aria-label="Load-time settings" data-locked={locked || undefined}>
      <h3 className="group-title">
        Load-time settings
        {locked && <UnlockButton processorId={processor.id} />}
      </h3>
      {groups.map(({ category, parameters }) => (
        <ParameterRows key={category} processorId={processor.id} parameters={parameters} locked={locked} />
      ))}
      <LoadTimeActions processorId={processor.id} />
    </section>
  );
}

function UnlockButton({ processorId }: { processorId: string }) {
  const { parameters } = useLab();
  const reloading = useLabState((state) => state.stream.phase === 'reloading');
  return (
    <button
      type="button"
      className="button button-small load-time-unlock"
      data-testid="edit-load-time"
      aria-label="Edit load-time settings"
      disabled={reloading}
      onClick={() => parameters.editLoadTime(processorId)}
    >
      <Lock size={10} aria-hidden />
      Edit
    </button>
  );
}

function LoadTimeActions({ processorId }: { processorId: string }) {
  const { parameters } = useLab();
  const reloading = useLabState((state) => state.stream.phase === 'reloading');
  const editing = useLabState((state) => state.drafts[processorId] !== undefined);
  const changes = useLabState((state) => Object.keys(draftChanges(state, processorId)).length);
  return (
    <div className="load-time-actions">
      {editing && (
        <button type="button" className="button" disabled={reloading} onClick={() => parameters.cancelLoadTime(processorId)}>
          Cancel
        </button>
      )}
      <button
        type="button"
        className="button button-strong"
        data-testid="apply-reload"
        disabled={changes === 0 || reloading}
        onClick={() => void parameters.applyLoadTime(processorId)}
      >
        {reloading ? 'Reloading…' : 'Apply and reload'}
      </button>
    </div>
  );
}
