import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EventPayload } from '../../preload/contract.ts';
import type { CommandContext } from '../commands/command.ts';
import { commandNamed } from '../commands/registry.ts';
import { formatPercent } from '../controls/format.ts';
import { Tip } from '../controls/tip.tsx';
import { useLabState } from '../panels/panel-context.ts';
import { activeAnalysis, activeDevelopment, activeFusion } from '../store/selectors.ts';

/** What is done in each state of a merge; those that have ended show nothing. */
const mergeWork: Partial<Record<EventPayload<'fusion.changed'>['state'], string>> = {
  created: 'reserving',
  reserved: 'scoring',
  selected: 'merging',
  scheduled: 'merging',
};

/** The merge under way and its end, else the development, else the analysis; the place is kept free while there is none. */
export function FusionStatus({ context }: { context: CommandContext }) {
  const fusion = useLabState(activeFusion);
  const development = useLabState(activeDevelopment);
  const analysis = useLabState(activeAnalysis);
  return (
    <div className="fusion-status" role="status" data-testid="fusion-status">
      {fusion ? (
        <Work context={context} cancel="fusion.cancel" testId="fusion-cancel">
          <span className="fusion-count">Merging {fusion.frameCount} frames · </span>
          {mergeWork[fusion.state]}
        </Work>
      ) : development ? (
        <Work context={context} cancel="development.cancel" testId="development-cancel">
          <span className="fusion-count">SlowISP · </span>
          <span className="fusion-step">{development.state} </span>
          <span className="fusion-share">{formatPercent(development.progress)}</span>
        </Work>
      ) : (
        analysis && (
          <Work context={context} cancel="sensor.cancelAnalysis" testId="analysis-cancel">
            <span className="fusion-count">Sensor · </span>
            <span className="fusion-step">analysing </span>
            <span className="fusion-share">{formatPercent(analysis.progress)}</span>
          </Work>
        )
      )}
    </div>
  );
}

function Work(props: { context: CommandContext; cancel: string; testId: string; children: ReactNode }) {
  const command = commandNamed(props.cancel);
  const title = command.title(props.context);
  return (
    <>
      <span className="fusion-mark" aria-hidden />
      <span>{props.children}</span>
      <Tip text={title}>
        <button
          type="button"
          className="icon-button"
          data-testid={props.testId}
          aria-label={title}
          onClick={() => void command.perform(props.context)}
        >
          <X size={13} aria-hidden />
        </button>
      </Tip>
    </>
  );
}
