import type { ProcessorDescription } from '../../../preload/contract.ts';

const runtime = { kind: 'runtime', integer: false, category: 'Look' } as const;
const loadTime = { kind: 'load-time', integer: false, category: 'Graph' } as const;
const side = { ...loadTime, control: 'slider', component: 'resolution', integer: true, unit: 'px', step: 1, minimum: 0 } as const;

/** A processor with a parameter of every kind that a page has a control for. */
export const everyParameter: ProcessorDescription = {
  id: 'every-parameter',
  name: 'Every parameter',
  description: 'One parameter of every kind',
  usage: ['postprocessor'],
  modes: ['video'],
  supportsPrompts: true,
  parameters: [
    {
      ...runtime,
      name: 'look_amount',
      label: 'Amount',
      help: 'Share of the look in the result',
      order: 1,
      control: 'slider',
      minimum: 0,
      maximum: 1,
      step: 0.01,
      defaultValue: 1,
    },
    {
      ...runtime,
      name: 'look_seed',
      label: 'Seed',
      help: 'Where the grain begins',
      order: 2,
      control: 'number',
      integer: true,
      minimum: 0,
      defaultValue: 1,
    },
    { ...runtime, name: 'look_on', label: 'Grain', help: 'Adds grain', order: 3, control: 'toggle', defaultValue: true },
    {
      ...runtime,
      name: 'look_mode',
      label: 'Mode',
      help: 'How the look is laid over the picture',
      order: 4,
      control: 'select',
      options: [
        { value: 'screen', label: 'Screen' },
        { value: 'soft', label: 'Soft light' },
      ],
      defaultValue: 'screen',
    },
    { ...runtime, name: 'look_note', label: 'Note', help: 'Stands in the corner', order: 5, control: 'text', defaultValue: '' },
    {
      ...runtime,
      name: 'look_tint',
      label: 'Tint',
      help: 'Colour of the shadows',
      order: 6,
      control: 'text',
      component: 'colour',
      defaultValue: '#204060',
    },
    {
      ...runtime,
      name: 'look_curve',
      label: 'Curve points',
      help: 'Output over input',
      order: 7,
      control: 'text',
      component: 'curve',
      defaultValue: '0,0 1,1',
    },
    { ...side, name: 'model_width', label: 'Width', help: 'Columns of the model', order: 8, maximum: 8192, defaultValue: 0 },
    { ...side, name: 'model_height', label: 'Height', help: 'Rows of the model', order: 9, maximum: 2048, defaultValue: 0 },
    {
      ...loadTime,
      name: 'model_path',
      label: 'File',
      help: 'The .onnx file',
      order: 10,
      control: 'text',
      component: 'model',
      fileTypes: ['onnx'],
      defaultValue: '',
    },
  ],
};
