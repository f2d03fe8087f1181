import { expect, it } from 'vitest';
import { ControlLog } from '../../../../main/shell/cli/capture-controls.ts';
import type { Control, ControlChange, ControlValue } from '../../../../native/v4l2-camera/index.ts';
import { FakeV4l2 } from './fake-v4l2.ts';

const changeOf = (id: number, value?: ControlValue): ControlChange =>
  ({ id, flags: {}, rangeChanged: false, ...(value === undefined ? {} : { value }) }) as ControlChange;

/** A log of a device whose controls hold `values`, by id. */
async function logOf(values: Map<number, ControlValue>) {
  const device = await new FakeV4l2({}).openDevice('/dev/video0', {});
  const [shape] = await device.controls();
  device.controls = async () => [...values.keys()].map((id) => ({ ...(shape as Control), id, name: `control ${id}` }));
  device.readControls = async ([id]) => {
    const value = values.get(id as number);
    if (value === undefined) throw new Error('refused');
    return new Map([[id as number, value]]);
  };
  const log = new ControlLog();
  await log.read(device);
  return log;
}

it('keeps the last value of a control that can no longer be read, and passes over unknown ones', async () => {
  const held = new Map<number, ControlValue>([[1, 'first']]);
  const log = await logOf(held);
  held.delete(1);
  await log.take(changeOf(1));
  await log.take(changeOf(99, 5));
  expect(log.values).toEqual({ 'control 1': 'first' });
});

it('reads texts and arrays again when they change, whose announcement has no value', async () => {
  const held = new Map<number, ControlValue>([
    [1, 'first'],
    [2, Uint8Array.of(1, 2)],
    [3, 7],
  ]);
  const log = await logOf(held);
  held.set(1, 'second').set(2, Uint8Array.of(3, 4));
  await log.take(changeOf(1));
  await log.take(changeOf(2));
  await log.take(changeOf(3, 8));
  expect(log.values).toEqual({ 'control 1': 'second', 'control 2': [3, 4], 'control 3': 8 });
});
