/**
 * A processor gets its tools from the lab: `runtime` for parameters that act on the next frame and become inputs of the graph,
 * `loadTime` for those that shape the graph, `z` for their schemas. Nothing else can be imported but files of this folder.
 */
export default ({ defineProcessor, runtime, loadTime, z }) =>
  defineProcessor({
    id: 'example-processor',
    name: 'Example processor',
    description: 'Lifts the dark parts of the picture',
    version: '1.0.0',
    supportsPrompts: false,
    modes: { video: { default: true } },
    usage: ['postprocessor'],
    params: {
      example_amount: runtime(z.number().min(0).max(1).default(0.2), {
        order: 1,
        label: 'Amount',
        category: 'Example processor',
        help: 'How much black is lifted',
      }),
      example_power: loadTime(z.int().min(1).max(8).default(2), {
        order: 2,
        label: 'Power',
        category: 'Example processor',
        help: 'How fast the lift fades towards white',
      }),
    },
    prepare: () => ({ inputSize: 1 }),
    // video is float [1, rows, columns, 3] in [0, 1]; the lab clamps what comes back.
    graph: (g, { video, example_amount }, { example_power }) => {
      const darkness = g.power(g.clip(g.subtract(g.scalar(1), video), g.scalar(0), g.scalar(1)), g.scalar(example_power));
      return { video: g.add(video, g.multiply(darkness, example_amount)) };
    },
  });
