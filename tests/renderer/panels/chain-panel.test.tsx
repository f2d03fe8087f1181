import { Tooltip } from 'radix-ui';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ChainEntry } from '../../../preload/contract.ts';
import { ChainPanel } from '../../../renderer/panels/chain/chain-panel.tsx';
import { LabServicesContext } from '../../../renderer/panels/panel-context.ts';
import { ParametersPanel } from '../../../renderer/panels/parameters/parameters-panel.tsx';
import { connectToFakeLab, settle } from '../../support/fake-lab/page-services.ts';

const page = await connectToFakeLab();
const { services, lab } = page;
await services.actions.openSource('simulator:chart');
for (const id of ['temporal-denoise', 'prompt-style', 'unsharp-mask']) await services.chain.add(id);
await services.chain.move('temporal-denoise', { place: 'preprocessor', index: 0 });
await settle();

/** Static markup asks stores for their first state: here it is the one of now. */
const asOfNow = {
  ...services,
  store: { ...services.store, getInitialState: services.store.getState },
  page: { ...services.page, getInitialState: services.page.getState },
};

function markup(element: ReactElement): string {
  return renderToStaticMarkup(
    <LabServicesContext value={asOfNow}>
      <Tooltip.Provider>{element}</Tooltip.Provider>
    </LabServicesContext>,
  );
}

function rowOf(key: string): string {
  const [, row = ''] = markup(<ChainPanel />).split(`data-testid="chain-${key}"`);
  return row.split('</li>')[0] ?? '';
}

/** The chain as the lab would announce it with one entry changed. */
function announce(key: string, change: Partial<ChainEntry>): void {
  const { chain } = services.store.getState();
  const entries = chain.entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry));
  lab.announce('chain.changed', { ...chain, stateNumber: chain.stateNumber + 1, entries });
}

test('places stand in the order of frames, the ISP between them', () => {
  const shown = markup(<ChainPanel />);
  const order = ['Before the ISP', 'chain-temporal-denoise', 'chain-isp', '>After<', 'chain-prompt-style', 'chain-unsharp-mask'];
  const places = order.map((text) => shown.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(shown).not.toContain('>Main<');
});

test('every button of a row names its entry and its state', () => {
  const row = rowOf('unsharp-mask');
  for (const name of ['Solo Unsharp mask', 'Bypass Unsharp mask', 'Remove Unsharp mask']) {
    expect(row).toContain(`aria-label="${name}"`);
  }
  expect(row.match(/aria-pressed="false"/g)).toHaveLength(2);
  expect(row).toContain('aria-description="Works on every frame"');
});

test('the time is that of the session: the second entry of one stands with the first', () => {
  const millis = { median: 4.2, p99: 6.5 };
  lab.announce(
    'chain.measured',
    ['temporal-denoise', 'prompt-style', 'unsharp-mask'].map((key) => ({ key, frames: 120, failures: 0, millis, sharedBy: 2 })),
  );
  for (const key of ['prompt-style', 'unsharp-mask']) announce(key, { modelHash: 'a' });
  expect(rowOf('prompt-style')).toContain('4.20<span class="chain-unit"> ms</span>');
  expect(rowOf('unsharp-mask')).toContain('shared ↑');
  expect(rowOf('unsharp-mask')).toContain('4.20 ms median, 6.50 ms p99, of one session for 2 processors');
});

test('once neighbours have been compared, each has its part of the time, and a line below the last says what sharing is worth', () => {
  const keys = ['prompt-style', 'unsharp-mask'];
  const facts = { frames: 1200, failures: 0, millis: { median: 4.2, p99: 6.5 }, sharedBy: 2 };
  const shares = [1.4, 2.8];
  lab.announce(
    'chain.measured',
    keys.map((key, index) => ({ key, ...facts, shareMillis: shares[index] as number })),
  );
  const compare = (change: object) => lab.announce('chain.compared', [{ keys, modelHash: 'a', ...change }]);
  compare({ measured: { togetherMillis: 12.1, oneByOneMillis: 20.4, aloneMillis: [7, 14], turns: 9 } });
  expect(rowOf('prompt-style')).toContain('<span class="chain-unit">≈</span>1.40<span class="chain-unit"> ms</span>');
  expect(rowOf('unsharp-mask')).toContain('<span class="chain-unit">≈</span>2.80<span class="chain-unit"> ms</span>');
  expect(rowOf('prompt-style')).toContain(
    'About 1.40 ms, its part by what each of them takes alone; 4.20 ms median, 6.50 ms p99, of one session for 2 processors; 1\u202f200 frames',
  );
  expect(rowOf('prompt-style')).not.toContain('chain-comparison');
  const line = rowOf('unsharp-mask').split('class="chain-comparison"')[1] ?? '';
  // 20.4 / 12.1 is 1.69.
  expect(line.replaceAll(/<[^>]*>/g, '|')).toContain('Session of 2: 1.7 × faster||12.1, not 20.4 ms');
  expect(line).toContain('2 in one session: 12.1 ms, one by one 20.4 ms, 1.7 times faster. Milliseconds of one core for a frame');
  expect(line).toContain('medians of 9 runs by turns');

  compare({ modelHash: 'another', measured: { togetherMillis: 1, oneByOneMillis: 2, aloneMillis: [1, 1], turns: 9 } });
  expect(rowOf('unsharp-mask')).not.toContain('chain-comparison');
  compare({ failure: { code: 'x', message: 'unsharp-mask cannot be run alone: it broke' } });
  expect(rowOf('unsharp-mask')).toContain('Session of 2: not compared');
  expect(rowOf('unsharp-mask')).toContain('unsharp-mask cannot be run alone: it broke');
  compare({});
  expect(rowOf('unsharp-mask')).not.toContain('chain-comparison');
});

test('what is wrong is told with what to do', () => {
  const reason = { code: 'x', message: 'Expected one frame but received none', action: 'Return one frame.' };
  announce('unsharp-mask', { state: 'suspended', reason });
  lab.announce('chain.measured', [{ key: 'unsharp-mask', frames: 10, failures: 10, lastError: reason, sharedBy: 1 }]);
  const suspended = rowOf('unsharp-mask');
  expect(suspended).toContain('Suspended, 10 failures');
  expect(suspended).toMatch(/<summary[^>]*>10 failures: Expected one frame but received none/);
  expect(suspended).toContain('Expected one frame but received none. Return one frame.');
  expect(suspended).toContain('aria-label="Resume Unsharp mask"');

  announce('unsharp-mask', { state: 'waiting-for-trust', processorId: 'warm', name: 'Warm' });
  expect(rowOf('unsharp-mask')).toContain('aria-label="Trust the code of Warm"');
  announce('unsharp-mask', { state: 'missing', processorId: 'gone' });
  expect(rowOf('unsharp-mask')).toContain('Missing');
  expect(rowOf('temporal-denoise')).not.toContain('chain-trouble');
});

test('what failed and goes again is told without alarm, and is news again where it fails anew', () => {
  const lastError = { code: 'x', message: 'It broke' };
  const measured = { key: 'temporal-denoise', frames: 90, failures: 3, lastError, sharedBy: 1 };
  const headAfter = (goodFrames: number) => {
    lab.announce('chain.measured', [{ ...measured, goodFrames }]);
    const [, trouble = ''] = rowOf('temporal-denoise').split('class="chain-trouble"');
    return trouble.split('</summary>')[0];
  };
  expect(headAfter(29)).toMatch(/^ data-state="running".*3 failures: It broke$/);
  expect(headAfter(30)).toMatch(/^ data-state="recovered".*3 failures, now recovered: It broke$/);
  expect(headAfter(0)).toMatch(/^ data-state="running".*3 failures: It broke$/);
  lab.announce('chain.measured', []);
});

test('a message of many lines is one short line, and whole on demand', () => {
  const message = 'Node conv_3/kernel (Conv) failed: Invalid rank for input: X Got: 3 Expected: 4 Please fix either the inputs';
  const of = (code: string, text: string) => {
    announce('temporal-denoise', { state: 'failed', reason: { code, message: text, action: 'Mend that node.' } });
    const [summary = '', whole = ''] = rowOf('temporal-denoise').split('</summary>');
    return { brief: /<summary[^>]*>([^<]*)$/.exec(summary)?.[1], whole };
  };
  const { brief, whole } = of('model.failed', message);
  expect(brief).toBe('Its model fails on these frames');
  expect(whole).toContain(`Cannot be built. ${message}. Mend that node.`);
  expect(whole).toContain('aria-label="Copy the message"');
  expect(of('lab.unexpected', 'Expected a result but received: TypeError at line 3').brief).toBe('Expected a result');
  announce('temporal-denoise', { state: 'running', reason: undefined });
});

test('packages that wait or have failed are counted', () => {
  expect(markup(<ChainPanel />)).toContain('aria-label="Packages…, 1 to trust, 1 failed"');
});

test('an entry that is chosen has a tab beside the stages, and prompts where it follows them', () => {
  services.page.setState({ shownProcessor: 'prompt-style' });
  const shown = markup(<ParametersPanel />);
  const tabs = [...shown.matchAll(/data-testid="processor-([\w-]+)"/g)].map(([, id]) => id);
  expect(tabs).toEqual(['fast-isp', 'fast-algo', 'prompt-style']);
  expect(shown).toContain('aria-label="Prompts"');
  services.page.setState({ shownProcessor: 'fast-isp' });
  expect(markup(<ParametersPanel />)).not.toContain('aria-label="Prompts"');
});
