import { Viewer } from '../../view/viewer.tsx';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { emptyViewerMessage } from './empty-viewer.ts';

/** The picture, or what to do to get one. */
export function ViewerPanel() {
  const { viewer, page } = useLab();
  const hasFrame = usePageState((state) => state.view.hasFrame);
  const frozen = usePageState((state) => state.view.frozen);
  const disconnected = useLabState(({ connection }) => connection === 'disconnected');
  const message = useLabState(emptyViewerMessage);
  return (
    <div className="viewer-panel" data-stale={(hasFrame && disconnected) || undefined}>
      <Viewer viewer={viewer} page={page} />
      {!hasFrame && (
        <p className="viewer-message" role="status">
          {message}
        </p>
      )}
      {hasFrame && disconnected && (
        <p className="viewer-message" role="status">
          Disconnected from the lab; trying again
        </p>
      )}
      {frozen && <span className="viewer-frozen">Frozen</span>}
    </div>
  );
}
