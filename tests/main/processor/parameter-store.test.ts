import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import type { ParameterState } from '../../../preload/contract.ts';

function newStore(): { store: ParameterStore; changes: ParameterState[] } {
  const store = new ParameterStore(fastIsp.declaration.id, fastIsp.declaration.params);
  const changes: ParameterState[] = [];
  store.changed.subscribe((state) => changes.push(state));
  return { store, changes };
}

describe('a refused change', () => {
  const refused: Record<string, [Record<string, number | string>, RegExp]> = {
    'out of range': [{ exposure_ev: 4.1 }, /Expected a number from -4 to 4 EV for exposure_ev but received 4.1/],
    'an unknown name': [{ exposure: 1 }, /Expected a parameter of fast-isp \(nearest: exposure_ev\) but received exposure$/],
    'a load-time parameter': [{ strip_rows: 64 }, /Expected a runtime parameter but received strip_rows/],
    'one bad value among good ones': [{ exposure_ev: 1, tone_contrast: 9 }, /for tone_contrast but received 9/],
    'a name of the prototype': [{ constructor: 1 }, /Expected a parameter of fast-isp .* but received constructor$/],
  };
  for (const [name, [values, message]] of Object.entries(refused)) {
    it(`leaves everything as it was: ${name}`, () => {
      const { store, changes } = newStore();
      const before = store.current;
      expect(() => store.set(values)).toThrow(message);
      expect(store.current).toBe(before);
      expect(changes).toEqual([]);
    });
  }

  it('includes a runtime parameter among load-time ones', () => {
    const { store } = newStore();
    expect(() => store.setLoadTime({ exposure_ev: 1 })).toThrow('Expected a load-time parameter but received exposure_ev');
  });
});

describe('an accepted change', () => {
  it('makes the next version and announces it whole', () => {
    const { store, changes } = newStore();
    const state = store.set({ exposure_ev: 1.5 });
    expect(state).toMatchObject({ processorId: 'fast-isp', version: 2, values: { exposure_ev: 1.5, wb_red_gain: 1 } });
    expect(changes).toEqual([state]);
    expect(store.setLoadTime({ strip_rows: 64 })).toMatchObject({ version: 3, values: { exposure_ev: 1.5, strip_rows: 64 } });
  });

  it('never changes a version that is out', () => {
    const { store } = newStore();
    const first = store.current;
    store.set({ exposure_ev: 1 });
    expect(first).toMatchObject({ version: 1, values: { exposure_ev: 0 } });
    expect(Object.isFrozen(store.current.values)).toBe(true);
  });

  it('is current after a thousand rapid updates', () => {
    const { store, changes } = newStore();
    for (let step = 1; step <= 1000; step++) store.set({ exposure_ev: step / 1000 });
    expect(store.current).toMatchObject({ version: 1001, values: { exposure_ev: 1 } });
    expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 2));
  });
});

describe('a new source', () => {
  it('changes values and defaults, and nothing else', () => {
    const { store, changes } = newStore();
    const rebased: ParameterState[] = [];
    store.rebased.subscribe((state) => rebased.push(state));
    store.set({ tone_contrast: 0.5 });
    store.rebase({ wb_red_gain: 1.95, wb_blue_gain: 1.6 });
    expect(store.current.values).toMatchObject({ wb_red_gain: 1.95, wb_blue_gain: 1.6, tone_contrast: 0.5 });
    expect(rebased).toEqual([changes.at(-1)]);
    const defaults = Object.fromEntries(store.descriptions().map(({ name, defaultValue }) => [name, defaultValue]));
    expect(defaults).toMatchObject({ wb_red_gain: 1.95, wb_blue_gain: 1.6, tone_contrast: 0, exposure_ev: 0 });
  });

  it('without a white balance takes back the defaults of the one before', () => {
    const { store } = newStore();
    store.rebase({ wb_red_gain: 1.95 });
    store.rebase({});
    expect(store.describe('wb_red_gain').defaultValue).toBe(1);
  });

  it('may only suggest: what the user has moved stays, and its default changes', () => {
    const { store } = newStore();
    store.set({ exposure_ev: 1 });
    const state = store.suggest({ exposure_ev: 0.5, tone_contrast: 0.25 });
    expect(state.values).toMatchObject({ exposure_ev: 1, tone_contrast: 0.25 });
    expect(store.describe('exposure_ev').defaultValue).toBe(0.5);
    expect(store.suggest({}).values).toMatchObject({ exposure_ev: 1, tone_contrast: 0 });
  });

  it('refuses a name that does not exist', () => {
    expect(() => newStore().store.rebase({ nothing_here: 1 })).toThrow('but received nothing_here');
  });
});
