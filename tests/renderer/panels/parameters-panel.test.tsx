import { Tooltip } from 'radix-ui';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ProcessorDescription } from '../../../preload/contract.ts';
import { LabServicesContext } from '../../../renderer/panels/panel-context.ts';
import { ProcessorView } from '../../../renderer/panels/parameters/processor-view.tsx';
import { fakeAlgorithms, fakeProcessor } from '../../support/fake-lab/descriptions.ts';
import { everyParameter } from '../../support/fake-lab/every-parameter.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

const { services } = await connectToFakeLab();

function markupOf(processors: readonly ProcessorDescription[], processor: ProcessorDescription): string {
  return renderToStaticMarkup(
    <LabServicesContext value={services}>
      <Tooltip.Provider>
        <ProcessorView processors={processors} processor={processor} onShow={() => undefined} />
      </Tooltip.Provider>
    </LabServicesContext>,
  );
}

test('the page knows the parameters of every processor', () => {
  expect(Object.keys(services.store.getState().parameters)).toEqual([fakeProcessor.id, fakeAlgorithms.id]);
});

test('every processor has a tab, and one is shown', () => {
  const shown = markupOf([fakeProcessor, fakeAlgorithms], fakeAlgorithms);
  expect(shown).toMatch(/role="tab" aria-selected="false"[^>]*data-testid="processor-fast-isp"/);
  expect(shown).toMatch(/role="tab" aria-selected="true"[^>]*data-testid="processor-fast-algo"/);
  expect(shown).toContain('data-testid="param-ae_mode"');
  expect(shown).not.toContain('data-testid="param-wb_red_gain"');
});

test('a single processor is a heading', () => {
  const shown = markupOf([fakeProcessor], fakeProcessor);
  expect(shown).not.toContain('role="tab"');
  expect(shown).toContain(`<span class="processor-name">${fakeProcessor.name}</span>`);
});

test('every kind of parameter has the control that its schema or its component asks for', () => {
  const shown = markupOf([everyParameter], everyParameter);
  const controls = [...shown.matchAll(/data-testid="param-(\w+)" data-control="(\w+)"/g)].map(([, name, kind]) => [name, kind]);
  expect(controls).toEqual([
    ['look_amount', 'slider'],
    ['look_seed', 'number'],
    ['look_on', 'toggle'],
    ['look_mode', 'select'],
    ['look_note', 'text'],
    ['look_tint', 'colour'],
    ['look_curve', 'curve'],
    ['model_width', 'resolution'],
    ['model_path', 'path'],
  ]);
  for (const name of ['Mix Tint, Look', 'Draw Curve points, Look', 'Width, Size, Graph', 'Choose a file for File, Graph']) {
    expect(shown).toContain(`aria-label="${name}"`);
  }
});
