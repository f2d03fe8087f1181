import type { CatalogueProcessor } from '../../../preload/contract.ts';
import { PaletteDialog } from '../../controls/palette-dialog.tsx';
import type { PaletteEntry, PaletteGroup } from '../../controls/palette-groups.tsx';
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
  const waiting = useLabState((state) => untrustedPackages(state.catalogue).length);
  const close = () => page.setState({ addProcessorOpen: false });

  async function choose(processorId: string) {
    close();
    const key = await chain.add(processorId);
    if (key !== undefined) page.setState({ shownProcessor: key });
  }

  const groups = [
    ...origins.map(({ origin, heading }) => {
      const ofIt = processors.filter((processor) => processor.origin === origin);
      return { heading, entries: ofIt.map((processor) => processorEntry(processor, (id) => void choose(id))) };
    }),
    moreGroup(page, waiting),
  ];

  return (
    <PaletteDialog open={open} onClose={close} title="Add a processor" nothing="No processor of that name." groups={groups} />
  );
}

function processorEntry({ id, name, description, usage }: CatalogueProcessor, onChoose: (id: string) => void): PaletteEntry {
  return {
    ...{ id, title: name, keywords: [id, description, ...usage] },
    ...{ className: 'processor-item', testId: `add-${id}` },
    content: <ProcessorContent name={name} note={description} />,
    onSelect: () => onChoose(id),
  };
}

function ProcessorContent({ name, note }: { name: string; note?: string }) {
  return (
    <>
      <span className="processor-item-name">{name}</span>
      {note !== undefined && <span className="processor-item-note">{note}</span>}
    </>
  );
}

/** The way to what is on disk and cannot be added yet; `waiting` counts the packages to trust. */
function moreGroup(page: ReturnType<typeof useLab>['page'], waiting: number): PaletteGroup {
  const packages: PaletteEntry = {
    ...{ id: 'packages', title: 'Packages…', keywords: ['folder', 'trust', 'plug-in', 'code'], className: 'processor-item' },
    content: <ProcessorContent name="Packages…" {...(waiting > 0 ? { note: `${waiting} to trust` } : {})} />,
    onSelect: () => page.setState({ addProcessorOpen: false, packagesOpen: true }),
  };
  const schema: PaletteEntry = {
    ...{ id: 'schema', title: 'Import a schema of Daydream Scope…', keywords: ['json', 'plug-in', 'parameters'] },
    className: 'processor-item',
    content: <ProcessorContent name="Import a schema of Daydream Scope…" note="its parameters as a panel" />,
    onSelect: () => page.setState({ addProcessorOpen: false, scopeDialog: 'schema' }),
  };
  return { heading: 'More', entries: [packages, schema] };
}
