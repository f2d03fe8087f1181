import { describe, expect, it } from 'vitest';
import { builtinProcessors } from '../../../../main/processor/builtin/builtin-processors.ts';
import { inlineHandle } from '../../../../main/processor/processor-handle.ts';
import { checkProcessor } from '../../../../main/processor/rules/check-processor.ts';

describe('the processors that come with the lab', () => {
  it.each(builtinProcessors)('keep every rule without a warning: $id', async (processor) => {
    const others = builtinProcessors.filter((other) => other !== processor).map(({ id }) => id);
    const handle = inlineHandle(processor);
    const { errors, warnings, ranges } = await checkProcessor(handle, others);
    await handle.close();
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
    expect(ranges.length).toBe(2);
  });

  it('are ten, each of an id of its own', () => {
    expect(new Set(builtinProcessors.map(({ id }) => id)).size).toBe(10);
  });
});
