import { lastWriteEffect } from '../../store/selectors.ts';
import { useLabState } from '../panel-context.ts';

/**
 * From which frame on the user's last write is in effect at the earliest (a sensor may take frames of which its driver does not
 * tell), or that it has not come yet; nothing before the first write.
 */
export function EffectiveAt() {
  const sequence = useLabState(lastWriteEffect);
  const written = useLabState((state) => state.writtenControls.length > 0);
  const streaming = useLabState((state) => state.stream.phase === 'streaming');
  const waiting = written && streaming && sequence === undefined;
  const text = sequence === undefined ? (waiting ? 'in effect from frame …' : '') : `in effect from frame ≥ ${sequence}`;
  return (
    <output className="effective-at" data-testid="effective-at" data-waiting={waiting || undefined}>
      {text}
    </output>
  );
}
