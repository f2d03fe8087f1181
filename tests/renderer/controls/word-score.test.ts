import { expect, test } from 'vitest';
import { commandNamed, commands } from '../../../renderer/commands/registry.ts';
import { bestFirst, wordScore } from '../../../renderer/controls/word-score.ts';

const titles: Readonly<Record<string, string>> = {
  'window.toggleTheme': 'Use mid-grey surround',
  'source.choose': 'Choose source…',
  'parameters.undo': 'Undo',
  'controls.resetAll': 'Reset all device controls',
};

function found(search: string): string[] {
  const scored = Object.entries(titles).map(([id, title]) => ({
    id,
    score: wordScore(title, search, commandNamed(id).keywords),
  }));
  const kept = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return kept.map(({ id }) => id);
}

test('letters that only happen to follow each other find nothing', () => {
  expect(found('hm')).toEqual([]);
  expect(found('zzz')).toEqual([]);
});

test('commands are found by words that their titles do not hold', () => {
  expect(found('theme')).toEqual(['window.toggleTheme']);
  expect(found('camera')).toEqual(['source.choose', 'controls.resetAll']);
  expect(found('revert')).toEqual(['parameters.undo']);
});

test('a title that begins with the word stands before one that holds it', () => {
  expect(wordScore('Undo', 'un')).toBeGreaterThan(wordScore('Use mid-grey surround', 'un'));
  expect(wordScore('Reset all device controls', 'device reset')).toBeGreaterThan(0);
});

test('every command that takes part has words to be found by', () => {
  const bare = commands.filter(({ id, keywords }) => id !== 'window.palette' && (keywords ?? []).length === 0);
  expect(bare.map(({ id }) => id)).toEqual([]);
});

test('the group with what fits best comes first, whatever stands in the others, unless it cannot be chosen', () => {
  const falseColour = { title: 'False colour', keywords: ['false-colour', 'Shows levels in the colours of exposure'] };
  const lift = { title: 'Exposure lift', keywords: ['exposure-lift', 'Lifts shadows'] };
  const schema = { title: 'Import a schema…', keywords: ['json'] };
  const more = { heading: 'More', entries: [schema] };
  const builtIn = { heading: 'Built in', entries: [falseColour, { title: 'Grey', keywords: [] }] };
  const packages = { heading: 'From packages', entries: [{ title: 'Curve', keywords: [] }, lift] };
  const order = (search: string, ...groups: (typeof more)[]) => bestFirst(groups, search).map(({ heading }) => heading);
  expect(order('exposure', builtIn, packages, more)).toEqual(['From packages', 'Built in', 'More']);
  expect(order('colours', builtIn, packages, more)).toEqual(['Built in', 'From packages', 'More']);
  expect(order('', builtIn, packages, more)).toEqual(['Built in', 'From packages', 'More']);
  const locked = { heading: 'From packages', entries: [{ ...lift, disabled: true }] };
  expect(order('exposure', builtIn, locked)).toEqual(['Built in', 'From packages']);
});
