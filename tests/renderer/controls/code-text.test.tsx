import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { CodeText } from '../../../renderer/controls/code-text.tsx';

const seen = (text: string) => renderToStaticMarkup(<CodeText text={text} />).replaceAll(/<\/?span>/g, '');

test.each([
  ['a lone ` is text', 'a lone ` is text'],
  ['Make one with `lab new-processor`.', 'Make one with <code>lab new-processor</code>.'],
  ['`a` and `b <c>`', '<code>a</code> and <code>b &lt;c&gt;</code>'],
  ['plain', 'plain'],
])('%s', (text, expected) => {
  expect(seen(text)).toBe(expected);
});
