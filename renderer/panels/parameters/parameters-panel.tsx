import { entryOf } from '../../store/chain-selectors.ts';
import { currentProcessor } from '../../store/selectors.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { ProcessorView } from './processor-view.tsx';

/** The parameters of the stream's processor, or of the one whose tab was chosen; imported pipelines of Scope have tabs behind the lab's own. */
export function ParametersPanel() {
  const { page } = useLab();
  const processors = useLabState((state) => state.processors);
  const chain = useLabState((state) => state.chain);
  const panels = useLabState((state) => state.scopePanels);
  const current = useLabState(currentProcessor);
  const chosen = usePageState((state) => state.shownProcessor);
  const imported = panels.map((panel) => panel.processor);
  const processor = [...processors, ...imported].find(({ id }) => id === chosen) ?? current;
  if (!processor) return <p className="panel-empty">No processor yet. Open a source to load one.</p>;
  // An entry of the chain is chosen in the chain: here it has a tab while it is.
  const own = processors.filter(({ id }) => id === processor.id || entryOf(chain, id) === undefined);
  const tabs = [...own, ...imported];
  const show = (shownProcessor: string): void => page.setState({ shownProcessor });
  return <ProcessorView processors={tabs} processor={processor} onShow={show} />;
}
