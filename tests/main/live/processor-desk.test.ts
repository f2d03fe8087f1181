import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProcessorDesk } from '../../../main/live/processor-desk.ts';
import { defineProcessor } from '../../../main/processor/define-processor.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import { runtime } from '../../../main/processor/parameters.ts';

function processor(id: string): { readonly declaration: ReturnType<typeof declare>; readonly parameters: ParameterStore } {
  const declaration = declare(id);
  return { declaration, parameters: new ParameterStore(id, declaration.params) };
}

function declare(id: string) {
  const amount = { order: 1, label: 'Amount', help: 'How much', category: 'Test' };
  return defineProcessor({
    id,
    name: id,
    description: `what ${id} does`,
    supportsPrompts: false,
    modes: { video: { default: true } },
    usage: ['main'],
    params: { the_amount: runtime(z.number().min(0).max(1).default(0.5), amount) },
  });
}

describe('the desk of processors', () => {
  it('refuses an unknown one with those that there are', () => {
    const desk = new ProcessorDesk([processor('first'), processor('second')]);
    expect(() => desk.parametersOf('third')).toThrow('Expected a processor of the lab (first, second) but received third');
  });

  it('lists them in order, with the defaults of the open source, and announces every change of any', () => {
    const [first, second] = [processor('first'), processor('second')];
    const desk = new ProcessorDesk([first, second]);
    const heard: unknown[] = [];
    desk.changed.subscribe(({ processorId, values }) => heard.push([processorId, values]));
    desk.described.subscribe(({ id, parameters }) => heard.push([id, parameters[0]?.defaultValue]));
    desk.parametersOf('second').set({ the_amount: 1 });
    first.parameters.rebase({ the_amount: 0.25 });
    expect(heard).toEqual([
      ['second', { the_amount: 1 }],
      ['first', { the_amount: 0.25 }],
      ['first', 0.25],
    ]);
    expect(desk.list().map(({ id, parameters }) => [id, parameters[0]?.defaultValue])).toEqual([
      ['first', 0.25],
      ['second', 0.5],
    ]);
    expect(desk.states().map(({ values }) => values['the_amount'])).toEqual([0.25, 1]);
  });
});
