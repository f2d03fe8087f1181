import { describe, expect, it } from 'vitest';
import { nextOf } from '../../support/next-announcement.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';

const bench = liveBenches();

describe('a load-time change', () => {
  it('takes effect at the next start where nothing streams', async () => {
    const lab = bench();
    await lab.stream.applyLoadTime({ output_resolution: 'half' });
    const camera = await lab.streaming();
    camera.deliver();
    await lab.settled();
    expect(lab.completions[0]?.admission).toMatchObject({ outputWidth: 16, outputHeight: 12 });
    expect(lab.states.map(({ phase }) => phase)).not.toContain('reloading');
  });

  it('swaps between two frames and loses none', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    const reloading = nextOf(lab.stream.stateChanged, 'the reload', ({ phase }) => phase === 'reloading');
    const applied = lab.stream.applyLoadTime({ output_resolution: 'half' });
    await reloading;
    camera.deliver();
    const { version, values } = await applied;
    expect(values).toMatchObject({ output_resolution: 'half' });
    await lab.settled();
    camera.deliver();
    await lab.settled();
    const frames = lab.completions.map(({ admission, event }) => [event.status, admission.outputWidth]);
    expect(frames).toEqual([
      ['done', 32],
      ['done', 32],
      ['done', 16],
    ]);
    expect(lab.completions.map(({ event }) => event.parameterVersion)).toEqual([version - 1, version - 1, version]);
    expect(new Set(lab.completions.map(({ event }) => event.modelHash)).size).toBe(2);
    expect(lab.states.slice(-2).map(({ phase }) => phase)).toEqual(['reloading', 'streaming']);
  });
});

describe('a provider that this machine lacks', () => {
  const missing = { execution_provider: 'cuda' };

  /** A lab on a machine without that provider, whatever this one has. */
  function labWithout(provider: string): LiveBench {
    const lab = bench();
    const load = lab.models.load.bind(lab.models);
    lab.models.load = async (request) => {
      const model = await load({ ...request, provider: 'cpu' });
      return request.provider === provider ? { ...model, fallbackReason: 'no such device' } : model;
    };
    return lab;
  }

  it('is said once and leaves the setting at the one that runs, when it is applied', async () => {
    const lab = labWithout('cuda');
    await lab.streaming();
    const notices: string[] = [];
    lab.stream.noticed.subscribe(({ message }) => notices.push(message));
    const { values } = await lab.stream.applyLoadTime(missing);
    expect(values.execution_provider).toBe('cpu');
    expect(lab.parameters.current.values.execution_provider).toBe('cpu');
    expect(notices).toEqual([
      expect.stringMatching(/^The CPU runs this stage, because cuda is not available here: no such device$/),
    ]);
    await lab.stream.stop();
    await lab.stream.start();
    expect(notices).toHaveLength(1);
  });

  it('leaves the setting at the one that runs, when it was chosen before the start', async () => {
    const lab = labWithout('cuda');
    await lab.stream.applyLoadTime(missing);
    expect(lab.parameters.current.values.execution_provider).toBe('cuda');
    const noticed = nextOf(lab.stream.noticed, 'the notice', ({ code }) => code === 'runtime.provider-fallback');
    const camera = await lab.streaming();
    await noticed;
    expect(lab.parameters.current.values.execution_provider).toBe('cpu');
    camera.deliver();
    await lab.settled();
    expect(lab.completions.map(({ event }) => [event.status, event.parameterVersion])).toEqual([
      ['done', lab.parameters.current.version],
    ]);
  });
});

describe('row kernels that cannot make a graph', () => {
  /** A lab whose row kernels cannot turn pictures, and cannot mirror them for another reason. */
  function labWithoutTurns(): { readonly lab: LiveBench; readonly notices: string[] } {
    const lab = bench();
    const load = lab.models.load.bind(lab.models);
    const reasons = new Map([
      ['rotate-180', 'rows are reversed'],
      ['mirror', 'columns are reversed'],
    ]);
    lab.models.load = async (request) => {
      const reason = reasons.get(String(request.values['picture_orientation']));
      const model = await load({ ...request, provider: 'cpu' });
      return reason === undefined ? { ...model, provider: 'kernel' } : { ...model, fallbackReason: reason };
    };
    const notices: string[] = [];
    lab.stream.noticed.subscribe(({ code, message }) => notices.push(`${code}: ${message}`));
    return { lab, notices };
  }

  it('stay chosen for the next graph, and each reason is told once while it lasts', async () => {
    const { lab, notices } = labWithoutTurns();
    await lab.streaming();
    const looks = [
      { picture_orientation: 'rotate-180' },
      { strip_rows: 24 },
      { picture_orientation: 'mirror' },
      { picture_orientation: 'upright' },
      { picture_orientation: 'mirror' },
    ];
    for (const look of looks) {
      const { values } = await lab.stream.applyLoadTime(look);
      expect(values).toMatchObject({ ...look, execution_provider: 'kernel' });
    }
    await lab.stream.stop();
    await lab.stream.start();
    expect(lab.parameters.current.values.execution_provider).toBe('kernel');
    const sentence = 'runtime.provider-fallback: ONNX Runtime runs this stage on the CPU, because row kernels cannot: ';
    expect(notices).toEqual(
      ['rows are reversed', 'columns are reversed', 'columns are reversed'].map((reason) => sentence + reason),
    );
  });
});

describe('a load-time change while frames are under way', () => {
  it('keeps the old model until the frames that name it are done, and not longer', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const [before] = lab.models.inUse;
    const reloading = nextOf(lab.stream.stateChanged, 'the swap', ({ phase }) => phase === 'streaming');
    const applied = lab.stream.applyLoadTime({ output_resolution: 'half' });
    // Delivered at the moment of the swap: named the old model, and cannot be done yet.
    const unsubscribe = lab.parameters.changed.subscribe(() => void camera.deliver());
    await Promise.all([applied, reloading]);
    unsubscribe();
    expect(lab.models.inUse).toContain(before);
    await lab.settled();
    expect(lab.models.inUse).toHaveLength(1);
    expect(lab.models.inUse).not.toContain(before);
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done']);
  });

  it('that changes nothing in the graph keeps the model in use', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const [before] = lab.models.inUse;
    await lab.stream.applyLoadTime({ strip_rows: 400 });
    await lab.stream.applyLoadTime({ strip_rows: 500 });
    expect(lab.models.inUse).toEqual([before]);
    camera.deliver();
    await lab.settled();
    expect(lab.completions[0]?.event).toMatchObject({ status: 'done', modelHash: before });
  });

  it('there and back again while frames are under way loses neither frames nor models', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const changes = ['half', 'full', 'half', 'full'].map((output_resolution) => {
      camera.deliver();
      return lab.stream.applyLoadTime({ output_resolution });
    });
    await Promise.all(changes);
    camera.deliver();
    await lab.settled();
    expect(lab.models.inUse).toHaveLength(1);
    const statuses = lab.completions.map(({ event }) => event.status);
    expect(statuses).toHaveLength(5);
    expect(statuses).not.toContain('failed');
  });
});
