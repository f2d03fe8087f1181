import { X } from 'lucide-react';
import type { EventPayload } from '../../preload/contract.ts';
import type { CommandContext } from '../commands/command.ts';
import { commandNamed } from '../commands/registry.ts';
import { Tip } from '../controls/tip.tsx';
import { useLabState } from '../panels/panel-context.ts';
import { activeFusion } from '../store/selectors.ts';

/** What is done in each state of a merge; those that have ended show nothing. */
const work: Partial<Record<EventPayload<'fusion.changed'>['state'], string>> = {
  created: 'reserving',
  reserved: 'scoring',
  selected: 'merging',
  scheduled: 'merging',
};

/** The merge under way and its end; the place is kept free while there is none. */
export function FusionStatus({ context }: { context: CommandContext }) {
  const fusion = useLabState(activeFusion);
  return (
    <div className="fusion-status" role="status" data-testid="fusion-status">
      {fusion && (
        <>
          <span className="fusion-mark" aria-hidden />
          <span>
            <span className="fusion-count">Merging {fusion.frameCount} frames · </span>
            {work[fusion.state]}
          </span>
          <Tip text="Cancel the merge">
            <button
              type="button"
              className="icon-button"
              data-testid="fusion-cancel"
              aria-label="Cancel the merge"
              onClick={() => void commandNamed('fusion.cancel').perform(context)}
            >
              <X size={13} aria-hidden />
            </button>
          </Tip>
        </>
      )}
    </div>
  );
}
