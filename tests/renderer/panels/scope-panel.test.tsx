import { Tooltip } from 'radix-ui';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ScopePanel } from '../../../preload/contract.ts';
import { LabServicesContext } from '../../../renderer/panels/panel-context.ts';
import { ScopeBody } from '../../../renderer/panels/scope/scope-body.tsx';
import { ScopeHead } from '../../../renderer/panels/scope/scope-head.tsx';
import { glowSchema } from '../../support/fake-lab/fake-scope.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

const { services } = await connectToFakeLab();

function markupOf(panel: ScopePanel): string {
  return renderToStaticMarkup(
    <LabServicesContext value={services}>
      <Tooltip.Provider>
        <ScopeHead panel={panel} />
        <ScopeBody panel={panel} />
      </Tooltip.Provider>
    </LabServicesContext>,
  );
}

test('what a schema has nothing of is not shown', async () => {
  const bare = await services.scope.import({ text: '{ "config_schema": { "properties": {} } }' });
  const shown = markupOf(bare);
  for (const absent of ['Load-time settings', 'Fixed at export', 'Not taken over', 'undefined'])
    expect(shown).not.toContain(absent);
  expect(shown).toContain('The schema names no pipeline, so there is nothing to hand values to.');
});

test('an imported pipeline of Scope has the controls of any processor, what is fixed locked, and what was refused with its reason', async () => {
  const panel = await services.scope.import({ text: JSON.stringify(glowSchema) });
  const shown = markupOf(panel);
  const controls = [...shown.matchAll(/data-testid="param-(\w+)" data-control="(\w+)"/g)].map(([, name, kind]) => [name, kind]);
  expect(controls).toEqual([
    ['unsharp_amount', 'slider'],
    ['glow_shape', 'select'],
    ['glow_on', 'toggle'],
    ['glow_passes', 'select'],
    ['unsharp_sigma', 'slider'],
  ]);
  expect(shown).toMatch(/data-testid="param-unsharp_sigma"[^>]*data-disabled="true"/);
  expect(shown).not.toMatch(/data-testid="param-glow_passes"[^>]*data-disabled/);
  expect(shown).toContain('<dt>glow_loras</dt><dd>Scope&#x27;s own control lora</dd>');
  expect(shown).toContain('unsharp-mask · version 0.3.0 · postprocessor');
  // What it is made of is Scope's, and nothing of it can be built anew.
  for (const absent of ['show-code', 'presets', 'apply-reload', 'edit-load-time']) expect(shown).not.toContain(absent);
});
