import { chainCommands } from './chain-commands.ts';
import type { Command } from './command.ts';
import { developmentCommands } from './development-commands.ts';
import { fusionCommands } from './fusion-commands.ts';
import { parameterCommands } from './parameter-commands.ts';
import { scopeCommands } from './scope-commands.ts';
import { streamCommands } from './stream-commands.ts';
import { viewCommands } from './view-commands.ts';
import { windowCommands } from './window-commands.ts';

/** Every command of the lab, in the order in which menu and palette show them within a category. */
export const commands: readonly Command[] = [
  ...streamCommands,
  ...fusionCommands,
  ...developmentCommands,
  ...viewCommands,
  ...parameterCommands,
  ...scopeCommands,
  ...chainCommands,
  ...windowCommands,
];

const commandsById = new Map(commands.map((command) => [command.id, command]));

/** The command of that id; throws for an unknown one, which is a mistake in the page's own code. */
export function commandNamed(id: string): Command {
  const command = commandsById.get(id);
  if (!command) throw new Error(`Expected the id of a command but received ${id}`);
  return command;
}
