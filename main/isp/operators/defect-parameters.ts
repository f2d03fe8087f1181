import { z } from 'zod';
import { loadTime, type Parameters, runtime } from '../../processor/parameters.ts';

const category = 'Defects';

/** Which defects are corrected, and from when on a sample is one. */
export const defectParameters = {
  defect_correction: loadTime(z.enum(['off', 'map', 'singles', 'couplets']).default('off'), {
    order: 30,
    label: 'Defect correction',
    category,
    help: 'The known map, or also what stands out of its surroundings; couplets are found at some cost to fine highlights',
    optionLabels: ['Off', 'Known defects', 'Known and single ones', 'Known, single ones and couplets'],
  }),
  defect_noise_margin: runtime(z.number().min(0).max(20).default(4), {
    order: 31,
    label: 'Noise margin',
    category,
    unit: 'σ',
    step: 0.1,
    help: 'Standard deviations of noise by which a defect has to leave its neighbours',
  }),
  defect_hot_excess: runtime(z.number().min(0).max(1).default(0.1), {
    order: 32,
    label: 'Hot excess',
    category,
    step: 0.005,
    help: 'Share of the range by which a hot sample has to exceed its neighbours as well; lower finds warm ones too',
  }),
  defect_dead_share: runtime(z.number().min(0).max(0.95).default(0.3), {
    order: 33,
    label: 'Dead share',
    category,
    step: 0.01,
    help: 'A dead sample has less than this share of the light of its darkest neighbours',
  }),
} satisfies Parameters;
