import type { Command, CommandContext } from './command.ts';

/** The parts of a keyboard event that decide which command is meant. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Where the key was pressed: in text, on something that takes Space and Enter itself, or anywhere else. */
export type KeyPlace = 'text' | 'activatable' | 'free';

/** Whether a key press is the chord. Shift counts only beside letters and named keys: `+` is `+`, however it is typed. */
export function matchesChord(press: KeyPress, chord: string): boolean {
  const parts = chord === '+' ? ['+'] : chord.split('+');
  const key = parts.at(-1) as string;
  const pressed = press.key === ' ' ? 'Space' : press.key;
  const shiftMatters = /^([a-z]|.{2,})$/i.test(key);
  return (
    pressed.toLowerCase() === key.toLowerCase() &&
    (press.ctrlKey || press.metaKey) === parts.includes('Mod') &&
    press.altKey === parts.includes('Alt') &&
    (!shiftMatters || press.shiftKey === parts.includes('Shift'))
  );
}

/**
 * The command that a key press means there, or undefined. Text keeps its own keys, F1 and the like write nothing; what can be activated
 * keeps Space and Enter.
 */
export function commandForKey(commands: readonly Command[], press: KeyPress, place: KeyPlace): Command | undefined {
  const hasModifier = press.ctrlKey || press.metaKey;
  const writes = !/^F\d+$/.test(press.key);
  if (place === 'text' && writes && (!hasModifier || /^[acvxzy]$/i.test(press.key))) return undefined;
  if (place === 'activatable' && (press.key === ' ' || press.key === 'Enter')) return undefined;
  return commands.find(({ keys }) => keys.some((chord) => matchesChord(press, chord)));
}

const keyNames: Readonly<Record<string, string>> = { Mod: 'Ctrl', Backspace: '⌫', '-': '−' };

/** The chord as menus show it. */
export function chordText(chord: string): string {
  const parts = chord === '+' ? ['+'] : chord.split('+');
  return parts.map((part) => keyNames[part] ?? part).join('+');
}

/** Runs commands from the keyboard until the returned function is called. Nothing runs under an open dialog or menu. */
export function listenForShortcuts(commands: readonly Command[], context: CommandContext, target: Window = window): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || target.document.querySelector('[role=dialog][data-modal],[role=menu],[role=listbox]')) return;
    const command = commandForKey(commands, event, placeOf(event.target));
    if (!command) return;
    event.preventDefault();
    if (command.predicate(context)) void command.perform(context);
  };
  target.addEventListener('keydown', press);
  return () => target.removeEventListener('keydown', press);
}

function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof HTMLElement)) return 'free';
  if (target.matches('textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range])')) return 'text';
  return target.matches('button, a[href], select, summary, [role=tab], [role=switch], [role=option]') ? 'activatable' : 'free';
}
