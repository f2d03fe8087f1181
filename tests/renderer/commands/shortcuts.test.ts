import { expect, test } from 'vitest';
import { commands } from '../../../renderer/commands/registry.ts';
import type { KeyPlace, KeyPress } from '../../../renderer/commands/shortcuts.ts';
import { chordText, commandForKey, matchesChord } from '../../../renderer/commands/shortcuts.ts';

function press(key: string, modifiers: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers };
}

const commandFor = (keyPress: KeyPress, place: KeyPlace = 'free') => commandForKey(commands, keyPress, place)?.id;

test('letters typed into text are text', () => {
  expect(commandFor(press('r'), 'text')).toBeUndefined();
  expect(commandFor(press(' '), 'text')).toBeUndefined();
  expect(commandFor(press('z', { ctrlKey: true }), 'text')).toBeUndefined();
});

test('a function key writes nothing, so it works from text too', () => {
  expect(commandFor(press('F1'), 'text')).toBe('parameters.explain');
  expect(commandFor(press('f'), 'text')).toBeUndefined();
});

test('commands with a modifier work from text too', () => {
  expect(commandFor(press('k', { ctrlKey: true }), 'text')).toBe('window.palette');
});

test('Space on a button presses the button', () => {
  expect(commandFor(press(' '), 'activatable')).toBeUndefined();
  expect(commandFor(press(' '))).toBe('stream.toggle');
});

test.each([
  [press('r'), 'stream.record'],
  [press('P', { ctrlKey: true, shiftKey: true }), 'window.palette'],
  [press('k', { metaKey: true }), 'window.palette'],
  [press('z', { ctrlKey: true }), 'parameters.undo'],
  [press('Z', { ctrlKey: true, shiftKey: true }), 'parameters.redo'],
  [press('+', { shiftKey: true }), 'view.zoomIn'],
  [press('+'), 'view.zoomIn'],
  [press('-'), 'view.zoomOut'],
  [press(']'), 'source.next'],
])('%o means %s', (keyPress, id) => {
  expect(commandFor(keyPress)).toBe(id);
});

test('modifiers that a chord does not name rule it out', () => {
  expect(matchesChord(press('r', { ctrlKey: true }), 'R')).toBe(false);
  expect(matchesChord(press('R', { shiftKey: true }), 'R')).toBe(false);
  expect(matchesChord(press('f', { altKey: true }), 'F')).toBe(false);
});

test('chords read as keys', () => {
  expect(['Mod+Shift+P', '+', '-', 'Space'].map(chordText)).toEqual(['Ctrl+Shift+P', '+', '−', 'Space']);
});
