import { Menu } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { CommandContext } from './command.ts';
import { commandCategories } from './command.ts';
import { commands } from './registry.ts';
import { chordText } from './shortcuts.ts';

/** The one menu: every command under its category. */
export function AppMenu({ context }: { context: CommandContext }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Menu" data-testid="app-menu">
          <Menu size={15} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {commandCategories.map((category) => (
            <DropdownMenu.Sub key={category}>
              <DropdownMenu.SubTrigger className="menu-item">{category}</DropdownMenu.SubTrigger>
              <DropdownMenu.Portal>
                <DropdownMenu.SubContent className="menu" sideOffset={4} collisionPadding={8}>
                  <CategoryItems category={category} context={context} />
                </DropdownMenu.SubContent>
              </DropdownMenu.Portal>
            </DropdownMenu.Sub>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function CategoryItems({ category, context }: { category: string; context: CommandContext }) {
  return commands
    .filter((command) => command.category === category)
    .map((command) => (
      <DropdownMenu.Item
        key={command.id}
        className="menu-item"
        disabled={!command.predicate(context)}
        onSelect={() => void command.perform(context)}
      >
        <span>{command.title(context)}</span>
        {command.keys[0] && <kbd>{chordText(command.keys[0])}</kbd>}
      </DropdownMenu.Item>
    ));
}
