import { Command as Palette } from 'cmdk';
import { Dialog } from 'radix-ui';
import type { CatalogueProcessor } from '../../../preload/contract.ts';
import { useFocusReturn } from '../../controls/focus-return.ts';
import { PaletteInput } from '../../controls/palette-input.tsx';
import { wordScore } from '../../controls/word-score.ts';
import { untrustedPackages } from '../../store/chain-selectors.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';

const origins = [
  { origin: 'built-in', heading: 'Built in' },
  { origin: 'package', heading: 'From packages' },
] as const;

const none: readonly CatalogueProcessor[] = [];

/** Every processor that can be put into the chain, found by typing; the one that is chosen is added and shown. */
export function AddProcessorDialog() {
  const { page, chain } = useLab();
  const open = usePageState((state) => state.addProcessorOpen);
  const processors = useLabState((state) => state.catalogue?.processors) ?? none;
  const focus = useFocusReturn();
  const close = () => page.setState({ addProcessorOpen: false });

  async function choose(processorId: string) {
    close();
    const key = await chain.add(processorId);
    if (key !== undefined) page.setState({ shownProcessor: key });
  }

  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content
          className="palette"
          data-modal
          aria-describedby={undefined}
          onOpenAutoFocus={focus.remember}
          onCloseAutoFocus={focus.giveBack}
        >
          <Dialog.Title className="visually-hidden">Add a processor</Dialog.Title>
          <Palette label="Add a processor" loop filter={wordScore}>
            <PaletteInput placeholder="Add a processor" />
            <Palette.List className="palette-list">
              <Palette.Empty className="panel-empty">No processor of that name.</Palette.Empty>
              {origins.map(({ origin, heading }) => (
                <ProcessorGroup
                  key={origin}
                  heading={heading}
                  processors={processors.filter((processor) => processor.origin === origin)}
                  onChoose={(id) => void choose(id)}
                />
              ))}
              <PackagesItem />
            </Palette.List>
          </Palette>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function ProcessorGroup(props: { heading: string; processors: readonly CatalogueProcessor[]; onChoose: (id: string) => void }) {
  if (props.processors.length === 0) return null;
  return (
    <Palette.Group heading={props.heading}>
      {props.processors.map((processor) => (
        <ProcessorItem key={processor.id} processor={processor} onChoose={props.onChoose} />
      ))}
    </Palette.Group>
  );
}

function ProcessorItem({ processor, onChoose }: { processor: CatalogueProcessor; onChoose: (id: string) => void }) {
  const { id, name, description, usage } = processor;
  return (
    <Palette.Item
      className="palette-item processor-item"
      value={name}
      keywords={[id, description, ...usage]}
      data-testid={`add-${id}`}
      onSelect={() => onChoose(id)}
    >
      <span className="processor-item-name">{name}</span>
      <span className="processor-item-note">{description}</span>
    </Palette.Item>
  );
}

/** The way to what is on disk and cannot be added yet. */
function PackagesItem() {
  const { page } = useLab();
  const waiting = useLabState((state) => untrustedPackages(state.catalogue).length);
  return (
    <Palette.Group heading="More">
      <Palette.Item
        className="palette-item processor-item"
        value="Packages…"
        keywords={['folder', 'trust', 'plug-in', 'code']}
        onSelect={() => page.setState({ addProcessorOpen: false, packagesOpen: true })}
      >
        <span className="processor-item-name">Packages…</span>
        {waiting > 0 && <span className="processor-item-note">{waiting} to trust</span>}
      </Palette.Item>
      <Palette.Item
        className="palette-item processor-item"
        value="Import a schema of Daydream Scope…"
        keywords={['json', 'plug-in', 'parameters']}
        onSelect={() => page.setState({ addProcessorOpen: false, scopeDialog: 'schema' })}
      >
        <span className="processor-item-name">Import a schema of Daydream Scope…</span>
        <span className="processor-item-note">its parameters as a panel</span>
      </Palette.Item>
    </Palette.Group>
  );
}
