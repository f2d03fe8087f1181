import { expect, test } from 'vitest';
import type { CallOutcome } from '../../../preload/contract.ts';
import type { LabEvent, TransportListener } from '../../../renderer/client/lab-client.ts';
import { createLabClient } from '../../../renderer/client/lab-client.ts';

function clientAnswering(answer: () => Promise<CallOutcome<unknown>>) {
  let listener: TransportListener | undefined;
  const client = createLabClient({
    call: answer,
    listen(next) {
      listener = next;
      return () => undefined;
    },
    openView: () => () => undefined,
  });
  return { client, event: (name: string, payload: unknown) => listener?.event(name, payload) };
}

test('a refused call rejects with the lab’s code, sentence and advice', async () => {
  const error = { code: 'camera.busy', message: 'The device is busy.', action: 'Close the other program.' };
  const { client } = clientAnswering(async () => ({ ok: false, error }));
  await expect(client.call('stream.start', {})).rejects.toMatchObject(error);
});

test('an unreachable lab rejects with its own code', async () => {
  const { client } = clientAnswering(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(client.call('stream.start', {})).rejects.toMatchObject({ code: 'client.unreachable' });
});

test('a result that breaks the contract never reaches the caller', async () => {
  const { client } = clientAnswering(async () => ({ ok: true, result: { phase: 'dancing' } }));
  await expect(client.call('stream.state', {})).rejects.toMatchObject({ code: 'client.contract' });
});

test.each([
  ['stream.state', { phase: 'dancing' }],
  ['weather.changed', {}],
])('an event that breaks the contract becomes a notice: %s', (name, payload) => {
  const { client, event } = clientAnswering(async () => ({ ok: true, result: {} }));
  const heard: LabEvent[] = [];
  client.listen(
    (next) => heard.push(next),
    () => undefined,
  );
  event(name, payload);
  expect(heard).toMatchObject([{ name: 'notice', payload: { level: 'error', code: 'client.contract' } }]);
});

test('a good event arrives parsed', () => {
  const { client, event } = clientAnswering(async () => ({ ok: true, result: {} }));
  const heard: LabEvent[] = [];
  client.listen(
    (next) => heard.push(next),
    () => undefined,
  );
  const applied = { processorId: 'fast-isp', version: 2, frameId: 12, sequence: 11 };
  event('parameter.applied', { ...applied, extra: true });
  expect(heard).toEqual([{ name: 'parameter.applied', payload: applied }]);
});
