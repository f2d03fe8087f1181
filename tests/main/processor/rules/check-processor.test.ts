import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Graph } from '../../../../main/graph/graph.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { loadTime, type Parameter, runtime } from '../../../../main/processor/parameters.ts';
import { inlineHandle } from '../../../../main/processor/processor-handle.ts';
import { allDeclarationRules, checkProcessor, trialRules } from '../../../../main/processor/rules/check-processor.ts';
import type { RuleReport } from '../../../../main/processor/rules/rule.ts';
import { exampleFacts, halfProcessor, liftProcessor, meanProcessor } from '../example-processors.ts';

const ui = { order: 1, label: 'Amount', help: 'How much', category: 'Test' };
const amount = z.number().min(0).max(1).default(0.5);

/** A processor that keeps every rule, but for what a test changes; nothing of it is checked by types. */
function changed(changes: Readonly<Record<string, unknown>>): ImageProcessor {
  return { ...liftProcessor, ...changes } as unknown as ImageProcessor;
}

const withParameter = (parameter: unknown, name = 'lift_gain'): Record<string, unknown> => ({
  params: { [name]: parameter },
  graph: (_g: never, { video }: { video: never }) => ({ video }),
});

const declared: Readonly<Record<string, readonly [string, Record<string, unknown>, string]>> = {
  'an id with capitals': [
    'id-form',
    { id: 'Lift' },
    'lower-case words joined by hyphens, at most 64 characters for id but received Lift',
  ],
  'no id': ['id-form', { id: undefined }, 'for id but received nothing'],
  'an id that is taken': ['id-unique', { id: 'taken' }, 'an id that no other processor has for id but received taken'],
  'a blank name': ['name-present', { name: ' ' }, 'a name of 1 to 60 characters for name but received an empty text'],
  'two lines of description': ['description-present', { description: 'a\nb' }, 'one line of 1 to 200 characters for description'],
  'a version of two numbers': ['version-form', { version: '1.0' }, 'a semantic version for version but received 1.0'],
  'a link that is no https address': ['docs-link', { docs: 'http://a.b' }, 'an https address for docs but received http://a.b'],
  'nothing said about prompts': ['prompts-declared', { supportsPrompts: undefined }, 'true or false for supportsPrompts'],
  'prompts for a graph': ['prompts-called', { supportsPrompts: true }, 'false for a processor with a graph for supportsPrompts'],
  'an unknown mode': [
    'modes-known',
    { modes: { audio: { default: true } } },
    'modes among video and text for modes but received audio',
  ],
  'no mode': ['modes-known', { modes: {} }, 'modes among video and text for modes but received {}'],
  'no default mode': ['modes-default', { modes: { video: {} } }, 'exactly one default mode for modes but received 0'],
  'text without prompts': ['modes-text', { modes: { text: { default: true } } }, 'no mode text without prompts for modes'],
  'a default of a mode for no parameter': [
    'modes-defaults',
    { modes: { video: { default: true, defaults: { other_name: 1 } } } },
    'the name of a parameter for modes.video.defaults.other_name but received other_name',
  ],
  'a default of a mode out of range': [
    'modes-defaults',
    { modes: { video: { default: true, defaults: { lift_gain: 9 } } } },
    'a number from 0 to 4 for modes.video.defaults.lift_gain but received 9',
  ],
  'an unknown place': [
    'usage-places',
    { usage: ['everywhere'] },
    'some of preprocessor, main, postprocessor, each once for usage',
  ],
  'the same place twice': ['usage-places', { usage: ['main', 'main'] }, 'for usage but received ["main","main"]'],
  'no prepare': ['prepare-present', { prepare: undefined }, 'a function that gives { inputSize } for prepare but received none'],
  'neither graph nor call': ['one-way-to-run', { graph: undefined }, 'either graph() or call() for graph but received neither'],
  'both graph and call': ['one-way-to-run', { call: () => undefined }, 'either graph() or call() for graph but received both'],
  'a halo for a call': [
    'halo-graph',
    { graph: undefined, call: () => undefined, halo: () => 1 },
    'no halo without a graph for halo but received one',
  ],
  'a halo that is a number': ['functions', { halo: 4 }, 'a function for halo but received 4'],
  'no parameters': ['parameters-declared', { params: undefined }, 'a record of parameters for params but received none'],
  'a name without prefix': [
    'parameter-name',
    withParameter(runtime(amount, ui), 'gain'),
    'lower_snake_case with a prefix for params.gain',
  ],
  'a name of a port': [
    'parameter-name-free',
    withParameter(runtime(amount, ui), 'video_out'),
    'for params.video_out but received video_out',
  ],
  'a bare schema': [
    'parameter-kind',
    withParameter({ schema: amount, ui }),
    'runtime(…) or loadTime(…) for params.lift_gain but received nothing',
  ],
  'a list': [
    'parameter-type',
    withParameter(runtime(z.array(z.number()).default([]), ui)),
    'for params.lift_gain but received {',
  ],
  'a nullable number': ['parameter-type', withParameter(runtime(amount.nullable(), ui)), 'a schema of a number, a whole number'],
  'a date': ['parameter-type', withParameter(runtime(z.date(), ui)), 'but received Date cannot be represented in JSON Schema'],
  'an endless number': [
    'parameter-range',
    withParameter(runtime(z.number().min(0).default(1), ui)),
    'included for params.lift_gain but received 0 to no end',
  ],
  'an open end': ['parameter-range', withParameter(runtime(z.number().gt(0).max(1).default(1), ui)), 'but received an open end'],
  'an endless whole number': [
    'parameter-range',
    withParameter(loadTime(z.int().default(1), ui)),
    'but received no end to no end',
  ],
  'no default': [
    'parameter-default',
    withParameter(runtime(z.number().min(0).max(1), ui)),
    'a default for params.lift_gain but received none',
  ],
  'a default out of range': [
    'parameter-default',
    withParameter(runtime(z.number().min(0).max(1).default(2), ui)),
    'a number from 0 to 1 as its default for params.lift_gain but received 2',
  ],
  'a broken whole default': [
    'parameter-default',
    withParameter(runtime(z.int().min(0).max(9).default(2.5), ui)),
    'a whole number from 0 to 9',
  ],
  'a text for a graph': [
    'parameter-graph-text',
    withParameter(runtime(z.string().default(''), ui)),
    'a number, a switch or a choice for',
  ],
  'the same order twice': [
    'parameter-order',
    { params: { ...liftProcessor.params, lift_offset: loadTime(amount, ui) } },
    'a whole number that no other has for params.lift_offset.order but received 1',
  ],
  'no help': [
    'parameter-label',
    withParameter(runtime(amount, { ...ui, help: '' })),
    'label, category and help for params.lift_gain but received no help',
  ],
  'a unit of numbers': [
    'parameter-unit',
    withParameter(runtime(amount, { ...ui, unit: 5 as never })),
    'a unit such as EV or px for',
  ],
  'a step of nothing': ['parameter-step', withParameter(runtime(amount, { ...ui, step: 0 })), 'a step greater than 0 for'],
  'a component that is none': [
    'parameter-component',
    withParameter(runtime(amount, { ...ui, component: 'slider' as never })),
    'one of resolution',
  ],
  'an ending with its dot': [
    'parameter-file-types',
    withParameter(runtime(amount, { ...ui, fileTypes: ['.cube'] })),
    'endings without a dot, such as cube for',
  ],
  'labels for no options': [
    'parameter-option-labels',
    withParameter(runtime(amount, { ...ui, optionLabels: ['a'] })),
    '0 option labels for',
  ],
};

const graphOf = (graph: ImageProcessor['graph']): Record<string, unknown> => ({ graph });
const callOf = (call: unknown): Record<string, unknown> => ({ graph: undefined, call });

function countingPrepare(): ImageProcessor['prepare'] {
  let calls = 0;
  return () => {
    calls += 1;
    return { inputSize: calls };
  };
}

const tried: Readonly<Record<string, readonly [keyof typeof trialRules, Record<string, unknown>, string]>> = {
  'no requirements': [
    'prepare-requirements',
    { prepare: () => undefined },
    '{ inputSize } from 1 to 16 for prepare but received nothing',
  ],
  'half a frame': ['prepare-requirements', { prepare: () => ({ inputSize: 0.5 }) }, 'but received {"inputSize":0.5}'],
  'requirements that change': [
    'prepare-pure',
    { prepare: countingPrepare() },
    'the same requirements twice for prepare but received {"inputSize":1}, then {"inputSize":2}',
  ],
  'a graph that throws': [
    'graph-builds',
    graphOf(() => {
      throw new Error('no idea');
    }),
    'a graph for frames of 64x48 for graph but received no idea',
  ],
  'a graph for even sizes only': [
    'graph-builds',
    graphOf((g, { video }) => {
      const [, rows, columns] = video.shape as [number, number, number];
      return { video: g.reshape(g.reshape(video, [(rows / 2) * (columns / 2), 12]), [1, rows, columns, 3]) };
    }),
    'a graph for frames of 33x17 for graph but received',
  ],
  'a frame that shrinks': [
    'graph-builds',
    graphOf((g, { video }) => ({ video: g.reduceMean(video, [1]) })),
    'received float32 [1, 1, 64, 3]',
  ],
  'a halo that is no whole number': [
    'halo-range',
    { halo: () => 0.5 },
    'Expected a whole number of rows from 0 to 256 for halo but received 0.5',
  ],
  'a halo that is another one every time': [
    'halo-range',
    {
      halo: (
        (calls) => () =>
          calls++
      )(0),
    },
    'for halo but received 0, then 1',
  ],
  'a halo of a graph that depends on all rows': [
    'halo-true',
    { halo: () => 8, ...graphOf((g, { video }) => ({ video: g.subtract(video, g.reduceMean(video, [1])) })) },
    'for halo but received another row 0 of',
  ],
  'a halo of a graph of which every second row of a strip is another': [
    'halo-true',
    {
      halo: () => 2,
      ...graphOf((g, { video }) => {
        const rows = Number(video.shape[1]);
        const parity = Float32Array.from({ length: rows }, (_, row) => (row % 2) / 10);
        return { video: g.subtract(video, g.constant('float32', parity, [1, rows, 1, 1])) };
      }),
    },
    'for halo but received another row 15 of',
  ],
  'numbers without end where nothing differs': [
    'output-finite',
    graphOf((g, { video }) => {
      const detail = g.absolute(g.subtract(video, g.reduceMean(video, [1, 2])));
      return { video: g.divide(detail, g.reduceMaximum(detail, [1, 2, 3])) };
    }),
    'finite samples from frame 3 of 64x48 with parameters at their values for video but received NaN',
  ],
  'numbers without end': [
    'output-finite',
    graphOf((g, { video, ...inputs }) => ({
      video: g.divide(video, (inputs as never as { lift_gain: typeof video }).lift_gain),
    })),
    'finite samples from frame 1 of 64x48 with parameters at their lowest values for video but received',
  ],
  'a call that throws on every frame': [
    'runs',
    callOf(() => {
      throw new Error('every time');
    }),
    'a result for frame 1 of 64x48 with parameters at their values for video but received every time',
  ],
  'a call that gives nothing': [
    'output-shape',
    callOf(() => undefined),
    'of shape [1, 48, 64, 3] for call but received no video',
  ],
  'a call that gives all frames in bytes': [
    'output-shape',
    callOf(() => ({ video: { data: new Uint8Array(4), shape: [1, 1, 1, 4] } })),
    'but received Uint8Array of shape [1,1,1,4]',
  ],
  'a call that gives no numbers': [
    'output-finite',
    callOf(({ video }: { video: { data: Float32Array } }) => ({ video: { ...video, data: video.data.fill(Number.NaN) } })),
    'for video but received NaN',
  ],
};

const check = (changes: Record<string, unknown>): Promise<RuleReport> =>
  checkProcessor(inlineHandle(changed(changes)), ['taken']);

describe('a processor that breaks one rule', () => {
  it.each(Object.entries({ ...declared, ...tried }))(
    'is told which, where and what to do: %s',
    async (_, [rule, changes, message]) => {
      const { errors } = await check(changes);
      expect(errors.map((error) => error.rule)).toEqual([rule]);
      expect(errors[0]?.message).toContain(message);
      expect(errors[0]?.message).toMatch(/^Expected .* for .* but received /s);
      expect(errors[0]?.fix).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('is tested for every rule of declarations', () => {
    const tested = new Set(Object.values(declared).map(([rule]) => rule));
    expect(allDeclarationRules.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
    expect(new Set(allDeclarationRules.map(({ id }) => id)).size).toBe(allDeclarationRules.length);
  });
});

describe('a graph that a package gives in the place of a planned one', () => {
  const graphs: Record<string, [keyof typeof trialRules, (graph: Graph) => Graph, string]> = {
    'with an input too many': [
      'graph-inputs',
      (graph) => ({ ...graph, inputs: [...graph.inputs, { name: 'lift_offset', type: 'float32', shape: [], help: 'no input' }] }),
      'Expected no further inputs for graph but received lift_offset',
    ],
    'without a parameter': [
      'graph-inputs',
      (graph) => ({ ...graph, inputs: graph.inputs.filter(({ name }) => name !== 'lift_gain') }),
      'Expected float32 [] for input lift_gain but received no such input',
    ],
    'of another size': [
      'output-shape',
      (graph) => ({ ...graph, outputs: graph.outputs.map((port) => ({ ...port, shape: [1, 1, 1, 3] })) }),
      'Expected float32 [1, 48, 64, 3] for output video_out but received float32 [1, 1, 1, 3]',
    ],
    'of operators that do not exist': [
      'graph-loads',
      (graph) => ({ ...graph, nodes: graph.nodes.map((node) => ({ ...node, operator: 'Sorcery' })) }),
      'Expected a graph that ONNX Runtime accepts for graph but received',
    ],
  };
  it.each(Object.entries(graphs))('is refused: %s', async (_, [rule, change, message]) => {
    const handle = inlineHandle(liftProcessor);
    const { errors } = await checkProcessor({ ...handle, plan: async (request) => change(await handle.plan(request)) }, []);
    expect(errors.map((error) => error.rule)).toEqual([rule]);
    expect(errors[0]?.message).toContain(message);
  });

  it('leaves no rule of trials untested', () => {
    const tested = [...Object.values(tried), ...Object.values(graphs)].map(([rule]) => rule);
    const warned = ['runtime-influence', 'video-influence'];
    expect(Object.keys(trialRules).filter((id) => !tested.some((rule) => rule === id))).toEqual(warned);
  });
});

describe('a processor that breaks several rules', () => {
  it('is told all of them at once, and does not run', async () => {
    let runs = 0;
    const { errors, ranges } = await check({ id: 'Bad Id', version: 1, usage: [], prepare: () => runs++ });
    expect(errors.map(({ rule }) => rule)).toEqual(['id-form', 'version-form', 'usage-places']);
    expect([runs, ranges]).toEqual([0, []]);
  });

  it.each([null, undefined, 5, 'processor', [], () => undefined, { params: { lift_gain: null }, modes: 5, usage: {} }])(
    'is reported even where it is no processor at all: %j',
    async (processor) => {
      const handle = { ...inlineHandle(liftProcessor), ...inlineHandle({ ...(processor as object) } as ImageProcessor) };
      expect((await checkProcessor(handle, [])).errors.length).toBeGreaterThan(5);
    },
  );
});

describe('a graph that leaves something out', () => {
  it('is warned by the name of the parameter and by the frames', async () => {
    const { errors, warnings } = await check(
      graphOf((g, { video }) => ({ video: g.expand(g.scalar(0.5), video.shape.map(Number)) })),
    );
    expect(errors).toEqual([]);
    expect(warnings.map(({ rule, field }) => [rule, field])).toEqual([
      ['runtime-influence', 'params.lift_gain'],
      ['video-influence', 'graph'],
    ]);
  });
});

describe('a good processor', () => {
  it.each([liftProcessor, meanProcessor, halfProcessor] as readonly ImageProcessor[])(
    'has nothing to mend: $id',
    async (processor) => {
      const report = await checkProcessor(inlineHandle(processor), ['other']);
      expect(report).toMatchObject({ id: processor.id, errors: [], warnings: [] });
      expect(report.ranges.map(({ width, height }) => [width, height])).toEqual([
        [64, 48],
        [33, 17],
      ]);
    },
  );

  it('shows what it makes before clamping, over all settings', async () => {
    const { ranges } = await checkProcessor(inlineHandle(liftProcessor), []);
    // Gains from 0 to 4 and an offset of 1/8.
    expect(ranges.map(({ lowest, highest }) => [lowest, highest])).toEqual([
      [0.125, 4.125],
      [0.125, 4.125],
    ]);
  });

  it('may have fifty parameters', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many_${index}`);
    const params: Record<string, Parameter> = Object.fromEntries(
      names.map((name, order) => [name, runtime(z.number().min(-1).max(1).default(0), { ...ui, order })]),
    );
    const graph: ImageProcessor['graph'] = (g, { video, ...inputs }) => ({
      video: Object.values(inputs as Record<string, typeof video>).reduce((sum, input) => g.add(sum, input), video),
    });
    const report = await checkProcessor(inlineHandle(changed({ ...exampleFacts, params, graph })), []);
    expect(report).toMatchObject({ errors: [], warnings: [] });
    expect(report.ranges[0]).toMatchObject({ lowest: -50, highest: 51 });
  });
});
