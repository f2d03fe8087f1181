import { z } from 'zod';
import { slowIsp } from '../isp/slow-isp.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { runtime } from '../processor/parameters.ts';

/** SlowISP as a user sets it in the running lab: the stage's own parameters, and what is developed and written. */
export const developmentDeclaration = defineProcessor({
  ...slowIsp.declaration,
  params: {
    develop_merged: runtime(z.boolean().default(true), {
      order: 0,
      label: 'After a merge',
      category: 'Development',
      help: 'Develops merged frames on the background lane, to a PNG beside the DNG',
    }),
    develop_balance: runtime(z.enum(['live', 'own']).default('live'), {
      order: 0,
      label: 'White balance',
      category: 'Development',
      help: 'Gains of the live picture, or those below',
      optionLabels: ['As the live picture', 'Own gains'],
    }),
    develop_depth: runtime(z.enum(['8', '16']).default('16'), {
      order: 0,
      label: 'PNG',
      category: 'Development',
      help: 'Bits of a sample in the file',
      optionLabels: ['8 bit', '16 bit'],
    }),
    ...slowIsp.declaration.params,
  },
});
