import { expect, test } from 'vitest';
import type { CallOutcome } from '../../../preload/contract.ts';
import { commandNamed } from '../../../renderer/commands/registry.ts';
import { FakeLab } from '../../support/fake-lab/fake-lab.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

/** A lab that refuses one call, before or after it did what was asked. */
class RefusingLab extends FakeLab {
  readonly #refused: string;

  constructor(refused: string) {
    super();
    this.#refused = refused;
  }

  override async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    const outcome = await super.call(name, payload);
    if (name !== this.#refused) return outcome;
    return { ok: false, error: { code: 'lab.refused', message: `${name} is refused.` } };
  }
}

function contextOf(services: Awaited<ReturnType<typeof connectToFakeLab>>['services']) {
  return { ...services, workspace: { isPanelOpen: () => true, togglePanel: () => undefined, resetLayout: () => undefined } };
}

test('a lab that cannot list its sessions still shows everything else', async () => {
  const { services } = await connectToFakeLab(new RefusingLab('session.list'));
  const { lab, sources, processors, parameters, sessions, notices } = services.store.getState();
  expect(lab).toBeDefined();
  expect(sources).not.toEqual([]);
  expect(Object.keys(parameters)).toEqual(processors.map(({ id }) => id));
  expect(sessions).toEqual([]);
  expect(notices.map(({ message }) => message)).toEqual(['session.list is refused.']);
});

test('after a failed recording.stop the page shows what the stream says, not what it said before', async () => {
  const { services, lab } = await connectToFakeLab(new RefusingLab('recording.stop'));
  const { actions, store } = services;
  await actions.openSource('simulator:chart');
  await actions.toggleRecording();
  expect(store.getState().stream.recordingSessionId).toBe(1);
  await actions.toggleRecording();
  expect(store.getState().stream.recordingSessionId).toBeUndefined();
  expect(lab.received.at(-1)?.name).toBe('stream.state');
  expect(store.getState().notices.map(({ message }) => message)).toEqual(['recording.stop is refused.']);
});

test('a failed stream can be played again', async () => {
  const { services } = await connectToFakeLab();
  await services.actions.openSource('simulator:chart');
  services.store.setState(({ stream }) => ({ stream: { ...stream, phase: 'failed' } }));
  const play = commandNamed('stream.toggle');
  expect([play.predicate(contextOf(services)), play.title(contextOf(services))]).toEqual([true, 'Play']);
});

test.each(['opening', 'reloading'] as const)('a stream that is %s can be stopped', async (phase) => {
  const { services, lab } = await connectToFakeLab();
  await services.actions.openSource('simulator:chart');
  services.store.setState(({ stream }) => ({ stream: { ...stream, phase } }));
  const stop = commandNamed('stream.toggle');
  expect([stop.predicate(contextOf(services)), stop.title(contextOf(services))]).toEqual([true, 'Stop']);
  await stop.perform(contextOf(services));
  expect(lab.received.map(({ name }) => name)).toContain('stream.stop');
});

test('a page without a lab offers neither play nor record', async () => {
  const { services } = await connectToFakeLab();
  await services.actions.openSource('simulator:chart');
  services.store.setState({ connection: 'disconnected' });
  const offered = ['stream.toggle', 'stream.record'].filter((id) => commandNamed(id).predicate(contextOf(services)));
  expect(offered).toEqual([]);
});
