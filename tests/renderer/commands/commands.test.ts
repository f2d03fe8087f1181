import { expect, test } from 'vitest';
import type { CommandContext } from '../../../renderer/commands/command.ts';
import { commandCategories } from '../../../renderer/commands/command.ts';
import { commandNamed, commands } from '../../../renderer/commands/registry.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

async function contextOnFakeLab() {
  const page = await connectToFakeLab();
  const done: string[] = [];
  const context: CommandContext = {
    ...page.services,
    workspace: {
      isPanelOpen: () => true,
      togglePanel: (id) => done.push(`toggle ${id}`),
      resetLayout: () => done.push('reset layout'),
    },
  };
  return { ...page, context, done, run: async (id: string) => commandNamed(id).perform(context) };
}

test('an unknown id is a mistake and says so', () => {
  expect(() => commandNamed('no.such')).toThrow('Expected the id of a command but received no.such');
});

test('ids are unique', () => {
  const ids = commands.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('keys are unique', () => {
  const keys = commands.flatMap((command) => command.keys.map((key) => key.toLowerCase()));
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(commands.map((command) => [command.id, command] as const))(
  '%s has a title and a category and performs',
  async (_id, command) => {
    const { context, animationFrame } = await contextOnFakeLab();
    await context.actions.openSource('simulator:chart');
    expect(command.title(context)).toMatch(/^[A-Z].+/);
    expect(commandCategories).toContain(command.category);
    expect(command.predicate(context)).toBeTypeOf('boolean');
    await command.perform(context);
    await animationFrame();
    expect(context.store.getState().notices.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

test('play and stop are one command', async () => {
  const { context, run } = await contextOnFakeLab();
  expect(commandNamed('stream.toggle').predicate(context)).toBe(false);
  await context.actions.openSource('simulator:chart');
  await run('stream.toggle');
  expect(context.store.getState().stream.phase).toBe('stopped');
  await run('stream.toggle');
  expect(context.store.getState().stream.phase).toBe('streaming');
});

test('record makes a session and export says where it went', async () => {
  const { context, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  await run('stream.record');
  expect(context.store.getState().stream.recordingSessionId).toBe(1);
  await run('stream.record');
  expect(context.store.getState().stream.recordingSessionId).toBeUndefined();
  await run('sessions.exportLast');
  expect(context.store.getState().exports[1]?.folder).toContain('session-1');
});

test('next and previous source go round the available ones only', async () => {
  const { context, run } = await contextOnFakeLab();
  const opened = () => context.store.getState().stream.sourceId;
  await run('source.next');
  expect(opened()).toBe('simulator:chart');
  await run('source.next');
  expect(opened()).toBe('file:rose');
  await run('source.next');
  expect(opened()).toBe('v4l2:usb-2');
  await run('source.next');
  expect(opened()).toBe('simulator:chart');
  await run('source.previous');
  expect(opened()).toBe('v4l2:usb-2');
});

test('a merge under way can be cancelled, and no second one started, until it has ended', async () => {
  const { context, lab, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  const allowed = () => ['fusion.burst', 'fusion.cancel'].map((id) => commandNamed(id).predicate(context));
  const plan = { planId: 7, kind: 'burst', frameCount: 8 } as const;
  for (const state of ['created', 'reserved', 'selected', 'scheduled'] as const) {
    lab.announce('fusion.changed', { ...plan, state });
    expect(allowed()).toEqual([false, true]);
  }
  await run('fusion.cancel');
  expect(lab.received.at(-1)).toEqual({ name: 'fusion.cancel', payload: { planId: 7 } });
  for (const state of ['cancelled', 'done', 'failed'] as const) {
    lab.announce('fusion.changed', { ...plan, state });
    expect(allowed()).toEqual([true, false]);
  }
});

test('a merge ends in a notice with its path; one that was cancelled in no error, any other in one', async () => {
  const { context, lab, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  const newest = () => context.store.getState().notices.at(-1);
  await run('fusion.burst');
  expect(newest()).toMatchObject({ level: 'info', path: '/data/camera-lab/merged/burst-8.dng' });
  lab.refuse('fusion.merge', 'runtime.cancelled', 'Fusion plan 1 was cancelled');
  await run('fusion.burst');
  expect(newest()).toMatchObject({ level: 'info', message: 'The merge was cancelled.' });
  lab.refuse('fusion.merge', 'fusion.too-few', 'Expected 8 frames but received 2');
  await run('fusion.burst');
  expect(newest()).toMatchObject({ level: 'error', code: 'fusion.too-few' });
});

test('a development under way can be cancelled, and no second one started, until it has ended', async () => {
  const { context, lab, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  const allowed = () => ['development.frame', 'development.cancel'].map((id) => commandNamed(id).predicate(context));
  const development = { developmentId: 9, kind: 'burst', progress: 0.5 } as const;
  for (const state of ['waiting', 'loading', 'developing', 'encoding', 'writing'] as const) {
    lab.announce('development.changed', { ...development, state });
    expect(allowed()).toEqual([false, true]);
  }
  await run('development.cancel');
  expect(lab.received.at(-1)).toEqual({ name: 'development.cancel', payload: { developmentId: 9 } });
  for (const state of ['cancelled', 'done', 'failed'] as const) {
    lab.announce('development.changed', { ...development, state });
    expect(allowed()).toEqual([true, false]);
  }
});

test('a developed frame is told with its path; one that was cancelled in no error, any other in one', async () => {
  const { context, lab, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  const newest = () => context.store.getState().notices.at(-1);
  await run('development.frame');
  expect(newest()).toMatchObject({ level: 'info', path: '/data/camera-lab/developed/frame-1.png' });
  lab.refuse('development.start', 'runtime.cancelled', 'Development 1 was cancelled');
  await run('development.frame');
  expect(newest()).toMatchObject({ level: 'info', message: 'The development was cancelled.' });
  lab.refuse('development.start', 'development.busy', 'Expected at most 2 developments');
  await run('development.frame');
  expect(newest()).toMatchObject({ level: 'error', code: 'development.busy' });
});

test('what a sensor is found to be is shown, or told where its dialog was closed meanwhile', async () => {
  const { context, lab, run } = await contextOnFakeLab();
  await context.actions.openSource('simulator:chart');
  const shown = () => context.page.getState().analysis;
  await run('sensor.analyse');
  expect(shown()).toMatchObject({ sequences: [1, 2, 3, 4], findings: [{ about: 'cfaOrder' }, {}, {}] });
  const analysing = run('sensor.analyse');
  expect([shown(), commandNamed('sensor.analyse').predicate(context)]).toEqual(['running', false]);
  context.page.setState({ analysis: undefined });
  await analysing;
  expect(shown()).toBeUndefined();
  expect(context.store.getState().notices.at(-1)?.message).toBe(
    'The sensor was analysed: noise differs, CFA order as known, white level open.',
  );
  lab.announce('sensor.analysis', { state: 'analysing', progress: 0.5 });
  const [start, cancel] = ['sensor.analyse', 'sensor.cancelAnalysis'].map((id) => commandNamed(id));
  expect([start?.predicate(context), cancel?.predicate(context)]).toEqual([false, true]);
  await run('sensor.cancelAnalysis');
  expect(lab.received.at(-1)).toMatchObject({ name: 'sensor.cancelAnalysis' });
  lab.announce('sensor.analysis', { state: 'cancelled', progress: 0 });
  expect([start?.predicate(context), cancel?.predicate(context)]).toEqual([true, false]);
  lab.refuse('sensor.analyse', 'runtime.cancelled', 'The analysis was cancelled');
  await run('sensor.analyse');
  expect(context.store.getState().notices.at(-1)).toMatchObject({ level: 'info', message: 'The analysis was cancelled.' });
  lab.refuse('sensor.analyse', 'analysis.busy', 'Expected one analysis at a time');
  await run('sensor.analyse');
  expect(shown()).toBeUndefined();
  expect(context.store.getState().notices.at(-1)).toMatchObject({ level: 'error', code: 'analysis.busy' });
});

test('copying a pixel needs a pixel under the cursor', async () => {
  const { context, copied, run } = await contextOnFakeLab();
  expect(commandNamed('view.copyPixel').predicate(context)).toBe(false);
  await run('view.copyPixel');
  expect(copied).toEqual([]);
});

test('panels are toggled by their own command', async () => {
  const { run, done } = await contextOnFakeLab();
  await run('window.toggle.sessions');
  await run('window.resetLayout');
  expect(done).toEqual(['toggle sessions', 'reset layout']);
});
