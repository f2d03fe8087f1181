import { ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { CommandContext } from '../commands/command.ts';
import { commandNamed } from '../commands/registry.ts';
import { useLabState, usePageState } from '../panels/panel-context.ts';

/** The open source by name; as a menu, every other one. */
export function SourceMenu({ context }: { context: CommandContext }) {
  const open = usePageState((state) => state.sourceMenuOpen);
  const sources = useLabState((state) => state.sources);
  const stream = useLabState((state) => state.stream);
  const connected = useLabState((state) => state.connection === 'connected');
  return (
    <DropdownMenu.Root open={open} onOpenChange={(sourceMenuOpen) => context.page.setState({ sourceMenuOpen })}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="source-menu" data-testid="source-menu" aria-label="Source">
          <span className="source-mark" data-phase={connected ? stream.phase : undefined} aria-hidden />
          <span className="source-menu-name">{stream.sourceName ?? 'No source'}</span>
          <ChevronDown size={12} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {sources.map((source) => (
            <DropdownMenu.CheckboxItem
              key={source.id}
              className="menu-item"
              checked={source.id === stream.sourceId}
              disabled={!source.available}
              onSelect={() => void context.actions.openSource(source.id)}
            >
              <span>{source.name}</span>
              <span className="menu-note">{source.available ? source.detail : 'not available'}</span>
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className="menu-separator" />
          <DropdownMenu.Item className="menu-item" onSelect={() => void commandNamed('source.openFile').perform(context)}>
            Open RAW file…
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
