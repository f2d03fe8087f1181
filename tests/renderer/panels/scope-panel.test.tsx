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
    ['glow_seed', 'slider'],
    ['constructor', 'toggle'],
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

test('a field without a default is not set at first', async () => {
  const panel = await services.scope.import({ text: JSON.stringify(glowSchema) });
  const [unset] = /data-testid="param-glow_seed".*?class="setting-reset"[^>]*>/.exec(markupOf(panel)) as RegExpExecArray;
  expect(unset).toContain('aria-valuetext="not set"');
  expect(unset).toContain('placeholder="not set"');
  expect(unset).not.toContain('slider-thumb');
  expect(unset).not.toContain('data-modified');
});

test('switches, choices and texts without a default are not set either, and a size without one is two numbers', async () => {
  const ui = { is_load_param: false };
  const size = { type: 'integer', ui: { ...ui, component: 'resolution' } };
  const properties = { a_on: { type: 'boolean', ui }, b_form: { enum: ['x', 'y'], ui }, c_name: { type: 'string', ui } };
  const json = { config_schema: { properties: { ...properties, d_height: size, e_width: size } } };
  const shown = markupOf(await services.scope.import({ text: JSON.stringify(json) }));
  expect(shown.replaceAll(/<p [^>]*hidden="">.*?<\/p>/g, '').match(/not set/g)).toHaveLength(5);
  expect(shown).not.toContain('role="switch"');
  expect(shown).not.toContain('NaN');
});
