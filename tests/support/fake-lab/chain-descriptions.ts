import type { CatalogueProcessor, ProcessorPackage } from '../../../preload/contract.ts';
import { everyParameter } from './every-parameter.ts';

const slider = { kind: 'runtime', control: 'slider', integer: false, minimum: 0, maximum: 3, step: 0.03 } as const;
const common = { modes: ['video'], supportsPrompts: false, version: '1.0.0', origin: 'built-in', kind: 'graph' } as const;

/** What the fake lab's catalogue offers: one that is composed, one of several frames for either side of the ISP, one with prompts. */
export const fakeProcessors: readonly CatalogueProcessor[] = [
  {
    ...common,
    id: 'unsharp-mask',
    name: 'Unsharp mask',
    description: 'Sharpens edges in luma, whatever the style',
    usage: ['postprocessor'],
    modes: ['video'],
    parameters: [
      {
        ...slider,
        name: 'unsharp_amount',
        label: 'Amount',
        help: 'How much',
        category: 'Sharpening',
        order: 1,
        defaultValue: 0.6,
      },
    ],
    schemas: { unsharp_amount: { type: 'number', minimum: 0, maximum: 3, default: 0.6 } },
  },
  {
    ...common,
    id: 'temporal-denoise',
    name: 'Temporal denoise',
    description: 'Averages the last four frames',
    usage: ['preprocessor', 'postprocessor'],
    modes: ['video'],
    parameters: [
      { ...slider, name: 'temporal_strength', label: 'Strength', help: 'Weight', category: 'Noise', order: 1, defaultValue: 1 },
    ],
    schemas: { temporal_strength: { type: 'number', minimum: 0, maximum: 3, default: 1 } },
  },
  {
    ...common,
    id: 'prompt-style',
    name: 'Prompt style',
    origin: 'package',
    description: 'Follows words',
    kind: 'call',
    usage: ['main', 'postprocessor'],
    modes: ['video', 'text'],
    supportsPrompts: true,
    parameters: [
      {
        ...slider,
        name: 'style_strength',
        label: 'Strength',
        help: 'How strongly',
        category: 'Style',
        order: 1,
        defaultValue: 1,
      },
    ],
    schemas: { style_strength: { type: 'number', minimum: 0, maximum: 3, default: 1 } },
  },
  { ...common, ...everyParameter, kind: 'call', schemas: {} },
];

/** A package of each state. */
export const fakePackages: readonly ProcessorPackage[] = [
  {
    folder: '/data/camera-lab/processors/warm',
    id: 'warm',
    hash: 'a'.repeat(64),
    state: 'untrusted',
    isOutdated: false,
    isOwn: true,
    findings: [],
  },
  {
    folder: '/data/camera-lab/processors/broken',
    id: 'broken',
    hash: 'b'.repeat(64),
    state: 'failed',
    isOutdated: false,
    isOwn: true,
    error: { code: 'rule.output-shape', message: 'Expected one frame but received none', action: 'Return one frame.' },
    findings: [
      {
        level: 'error',
        rule: 'output-shape',
        field: 'call',
        message: 'Expected one frame but received none',
        fix: 'Return one frame.',
      },
    ],
  },
  {
    folder: '/shared/other',
    id: 'other',
    hash: 'c'.repeat(64),
    state: 'disabled',
    isOutdated: false,
    isOwn: false,
    findings: [],
  },
];
