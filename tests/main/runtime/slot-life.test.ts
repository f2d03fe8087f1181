import { describe, expect, it } from 'vitest';
import { type SlotEvent, SlotLife, type SlotState } from '../../../main/runtime/slot-life.ts';

function lifeAfter(...events: SlotEvent[]): SlotLife {
  const life = new SlotLife();
  for (const event of events) life.apply(event, 'slot 0');
  return life;
}

/** How to come to each state. */
const paths: Readonly<Record<SlotState, readonly SlotEvent[]>> = {
  free: [],
  reserved: ['reserve'],
  allocated: ['reserve', 'allocate'],
  pinned: ['allocate', 'pin'],
  released: ['allocate', 'release'],
};

const allowed: Readonly<Record<SlotState, readonly SlotEvent[]>> = {
  free: ['reserve', 'allocate'],
  reserved: ['allocate', 'cancel'],
  allocated: ['pin', 'release'],
  pinned: ['pin', 'unpin'],
  released: ['recycle'],
};

const events: readonly SlotEvent[] = ['reserve', 'allocate', 'cancel', 'pin', 'unpin', 'release', 'recycle'];
const refused = (Object.keys(paths) as SlotState[]).flatMap((state) =>
  events.filter((event) => !allowed[state].includes(event)).map((event) => ({ state, event })),
);

describe('SlotLife', () => {
  it.each(refused)('refuses "$event" of a slot that is $state', ({ state, event }) => {
    const life = lifeAfter(...paths[state]);
    expect(() => life.apply(event, 'slot 3 of mosaic-1')).toThrow(
      `for "${event}" but received slot 3 of mosaic-1, which is ${state}`,
    );
    expect(life.state).toBe(state);
  });

  it('goes round: a slot that is free again can be used again', () => {
    const life = lifeAfter('reserve', 'allocate', 'pin', 'pin', 'unpin');
    expect([life.state, life.pins]).toEqual(['pinned', 1]);
    expect(life.apply('unpin', 'slot 0')).toBe('allocated');
    expect(life.apply('release', 'slot 0')).toBe('released');
    expect(life.apply('recycle', 'slot 0')).toBe('free');
    expect(life.apply('reserve', 'slot 0')).toBe('reserved');
    expect(life.apply('cancel', 'slot 0')).toBe('released');
  });
});
