import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../../renderer/theme');
const sheets = readdirSync(folder).filter((name) => name.endsWith('.css'));
const styles = new Map(
  sheets.map((name) => [name, readFileSync(path.join(folder, name), 'utf8').replaceAll(/\/\*.*?\*\//gs, '')]),
);

/** WCAG 2.2, success criterion 1.4.3, for text of the page's size. */
const least = 4.5;

/** The colours that texts have, and the surfaces that each of them lies on. */
const surfaces = ['panel', 'bar-back', 'raised', 'field', 'hover'];
const texts: Readonly<Record<string, readonly string[]>> = {
  text: [...surfaces, 'active'],
  'text-strong': [...surfaces, 'active'],
  'text-muted': [...surfaces, 'active'],
  'text-faint': surfaces,
  'error-text': ['panel', 'bar-back', 'raised'],
  warning: ['panel', 'bar-back', 'raised', 'hover'],
  red: ['panel'],
  green: ['panel'],
  blue: ['panel'],
  field: ['fill', 'text', 'text-strong', 'text-faint'],
  'on-recording': ['recording-fill'],
};
/** Colours of marks that are no text: 3:1 is asked of them (1.4.11). */
const marks: Readonly<Record<string, readonly string[]>> = { recording: ['bar-back', 'panel'], live: ['bar-back', 'panel'] };

type Theme = Readonly<Record<string, string>>;

function themeNamed(name: 'dark' | 'grey'): Theme {
  const tokens = styles.get('tokens.css') ?? '';
  const blocks = [...tokens.matchAll(/([^{}]+)\{([^}]*)\}/g)];
  const ofTheme = blocks.filter(([, selector = '']) => !selector.includes('data-theme') || selector.includes(`"${name}"`));
  return Object.fromEntries(
    ofTheme.flatMap(([, , body = '']) =>
      [...body.matchAll(/--([\w-]+):\s*(#[\da-f]{6});/g)].map(([, token = '', colour = '']) => [token, colour]),
    ),
  );
}

/** Relative luminance of an sRGB colour, 0 to 1. */
function luminance(colour: string): number {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = linear;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Theme, front: string, back: string): number {
  const [one, other] = [front, back].map((token) => {
    const colour = theme[token];
    if (colour === undefined) throw new Error(`Expected a colour of the token ${token}`);
    return luminance(colour);
  }) as [number, number];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Pairs below the limit, each with its contrast. */
function tooWeak(theme: Theme, pairs: Readonly<Record<string, readonly string[]>>, limit: number): string[] {
  return Object.entries(pairs).flatMap(([front, backs]) =>
    backs
      .map((back) => ({ back, value: contrast(theme, front, back) }))
      .filter(({ value }) => value < limit)
      .map(({ back, value }) => `${front} on ${back}: ${value.toFixed(2)}`),
  );
}

/** The tokens that a property takes in any rule, by sheet and selector. */
function uses(property: string): { where: string; selector: string; token: string; body: string }[] {
  const pattern = new RegExp(`(?:^|[;{\\s])${property}:\\s*var\\(--([\\w-]+)\\)`);
  return [...styles].flatMap(([sheet, style]) =>
    [...style.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selector = '', body = '']) => {
      const token = pattern.exec(body)?.[1];
      return token === undefined ? [] : [{ where: `${sheet} ${selector.trim()}`, selector: selector.trim(), token, body }];
    }),
  );
}

test('black on white and a colour on itself have the contrast that the standard gives', () => {
  const theme = { black: '#000000', white: '#ffffff', grey: '#777777' };
  expect(contrast(theme, 'black', 'white')).toBeCloseTo(21, 6);
  expect(contrast(theme, 'grey', 'grey')).toBe(1);
  expect(contrast(theme, 'grey', 'white')).toBeCloseTo(4.478, 3);
});

test('no colour stands outside the tokens', () => {
  const literals = [...styles].flatMap(([sheet, style]) =>
    sheet === 'tokens.css' ? [] : [...style.matchAll(/#[\da-f]{3,8}\b/gi)].map(([colour]) => `${sheet}: ${colour}`),
  );
  expect(literals).toEqual([]);
});

test('every colour that a text has is in the table', () => {
  const known = new Set([...Object.keys(texts), ...Object.keys(marks)]);
  expect(uses('color').filter(({ token }) => !known.has(token))).toEqual([]);
});

test.each(['dark', 'grey'] as const)('every text of the %s theme can be read on what it lies on', (name) => {
  expect(tooWeak(themeNamed(name), texts, least)).toEqual([]);
  expect(tooWeak(themeNamed(name), marks, 3)).toEqual([]);
});

test.each(['dark', 'grey'] as const)('a rule of the %s theme that gives both colours gives a readable pair', (name) => {
  const theme = themeNamed(name);
  const backs = new Map(uses('background').map(({ where, token }) => [where, token]));
  const pairs = uses('color').flatMap(({ where, token }) => {
    const back = backs.get(where);
    return back === undefined ? [] : [{ where, value: contrast(theme, token, back) }];
  });
  expect(pairs.length).toBeGreaterThan(10);
  expect(pairs.filter(({ value }) => value < least)).toEqual([]);
});
