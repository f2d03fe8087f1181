import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlIntent, ControlOrigin } from '../../../../main/camera/control/control-write.ts';
import { type ControlPlan, type CoordinatorState, planWrites } from '../../../../main/camera/control/coordinator.ts';
import type { ControlDescription, ControlValue } from '../../../../preload/contract.ts';
import { describedControl, everyKind } from './scripted-device.ts';

const state = (change: Partial<CoordinatorState> = {}): CoordinatorState => ({
  controls: everyKind,
  heldByUser: new Set(),
  ...change,
});

const intent = (origin: ControlOrigin, values: Readonly<Record<string, ControlValue>>): ControlIntent => ({
  origin,
  values: new Map(Object.entries(values)),
});

/** A plan as values by id, whatever the frame. */
function valuesOf(plan: ControlPlan): Record<string, ControlValue> {
  return Object.fromEntries([...plan.values()].flatMap((set) => [...set].map(([id, { value }]) => [id, value])));
}

/** The same controls with other values in the device. */
const holding = (values: Readonly<Record<string, number>>): readonly ControlDescription[] =>
  everyKind.map((control) => ({ ...control, value: values[control.id] ?? control.value }));

describe("the user's hand", () => {
  it('is refused with the range, and nothing of the set is planned', () => {
    const wanted = intent('user', { gain: 2, exposure: 50_000 });
    expect(() => planWrites([wanted], state())).toThrow('a whole number from 100 to 40000 µs for exposure but received 50000');
    expect(() => planWrites([intent('user', { iris: 1 })], state())).toThrow('but received iris');
    expect(() => planWrites([intent('user', { temperature: 1 })], state())).toThrow('temperature is read-only');
  });

  it('is written as it is but for the step, whatever lamps, frame time and damping say', () => {
    const frame = { frameIntervalMicros: 16_667, mainsHertz: 50, delayFrames: { exposure: 2, gain: 1 } };
    const plan = planWrites([intent('user', { exposure: 31_004, gain: 16 })], state(frame));
    expect([...plan.keys()]).toEqual([0]);
    expect(valuesOf(plan)).toEqual({ exposure: 31_000, gain: 16 });
    expect(plan.get(0)?.get('exposure')).toEqual({ origin: 'user', requested: 31_004, value: 31_000 });
  });

  it('wins over Algos in the same frame and afterwards, in whatever order they come', () => {
    const user = intent('user', { gain: 2 });
    const algo = intent('algo:ae', { gain: 1.25, exposure: 12_000 });
    for (const intents of [
      [user, algo],
      [algo, user],
    ]) {
      expect(valuesOf(planWrites(intents, state()))).toEqual({ exposure: 12_000, gain: 2 });
    }
    expect(valuesOf(planWrites([algo], state({ heldByUser: new Set(['gain']) })))).toEqual({ exposure: 12_000 });
  });
});

describe('Algos', () => {
  it('are limited instead of refused, and what does not fit at all is left out', () => {
    const wild = intent('algo:ae', { gain: Number.NaN, flip: 7, label: '', temperature: 3, iris: 1, mask: 1 });
    expect(valuesOf(planWrites([wild], state()))).toEqual({ mask: 1 });
    const controls = [describedControl({ id: 'focus', type: 'integer', maximum: 50, value: 10 })];
    expect(valuesOf(planWrites([intent('algo:af', { focus: 400.4 })], state({ controls })))).toEqual({ focus: 50 });
    expect(valuesOf(planWrites([intent('algo:af', { focus: -5 })], state({ controls })))).toEqual({ focus: 0 });
  });

  it('change exposure and gain by a stop a frame, and never stick below a step', () => {
    const plan = planWrites([intent('algo:ae', { exposure: 40_000, gain: 16 })], state());
    expect(valuesOf(plan)).toEqual({ exposure: 20_000, gain: 2 });
    const darker = planWrites([intent('algo:ae', { exposure: 100 })], state());
    expect(valuesOf(darker)).toEqual({ exposure: 5000 });
    for (const [held, wanted, expected] of [
      [1, 0, 0],
      [1, 100, 2],
      [0, 100, 1],
    ] as const) {
      const controls = [describedControl({ id: 'analogue_gain', type: 'integer', value: held })];
      const plan = planWrites([intent('algo:ae', { analogue_gain: wanted })], state({ controls }));
      expect(valuesOf(plan)).toEqual({ analogue_gain: expected });
    }
  });

  it('expose no longer than a frame takes, also where the device does so by now', () => {
    const frame = { frameIntervalMicros: 8333, controls: holding({ exposure: 30_000 }) };
    expect(valuesOf(planWrites([intent('algo:ae', { exposure: 40_000 })], state(frame)))).toEqual({ exposure: 8330 });
  });

  it.each([
    // From what the device holds, towards what is wanted, under lamps on 50 Hz: multiples of 10 ms.
    [8000, 40_000, 10_000],
    [10_000, 40_000, 20_000],
    [20_000, 40_000, 40_000],
    [20_000, 90_000, 40_000],
    [10_000, 15_000, 10_000],
    [30_000, 12_000, 10_000],
    [10_000, 4000, 5000],
    [2000, 9000, 4000],
  ])('from %i µs to %i µs take %i µs under flickering lamps', (held, wanted, expected) => {
    const lamps = { mainsHertz: 50, controls: holding({ exposure: held }) };
    expect(valuesOf(planWrites([intent('algo:ae', { exposure: wanted })], state(lamps)))).toEqual({ exposure: expected });
  });

  it('reach a steady exposure under every mains frequency and stay there', () => {
    for (const mainsHertz of [50, 60]) {
      let held = 300;
      for (let frame = 0; frame < 30; frame++) {
        const now = state({ mainsHertz, frameIntervalMicros: 33_333, controls: holding({ exposure: held }) });
        held = valuesOf(planWrites([intent('algo:ae', { exposure: 29_000 })], now)).exposure as number;
      }
      expect(held).toBe(mainsHertz === 50 ? 20_000 : 25_000);
    }
  });

  it('have the quicker controls held back, so that a set takes effect on one frame', () => {
    const delayFrames = { exposure: 2, gain: 1 };
    const plan = planWrites([intent('algo:ae', { exposure: 12_000, gain: 1.25, flip: 1 })], state({ delayFrames }));
    expect([...plan].map(([frames, set]) => [frames, [...set.keys()]])).toEqual([
      [0, ['exposure']],
      [1, ['gain']],
      [2, ['flip']],
    ]);
  });

  it('take turns in their order: the later intent counts', () => {
    const intents = [intent('algo:ae', { gain: 1.25 }), intent('algo:hdr', { gain: 1.5 })];
    expect(planWrites(intents, state()).get(0)?.get('gain')).toMatchObject({ origin: 'algo:hdr', value: 1.5 });
  });
});

interface Situation {
  readonly wanted: { readonly exposure: number; readonly gain: number };
  readonly heldExposure: number;
  readonly heldGain: number;
  readonly mainsHertz: number | undefined;
  readonly frameIntervalMicros: number | undefined;
  readonly delay: number;
}

const numbers = fc.record({
  exposure: fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  gain: fc.double({ noNaN: true, min: -100, max: 100 }),
});
const situations: fc.Arbitrary<Situation> = fc.record({
  wanted: numbers,
  heldExposure: fc.integer({ min: 100, max: 40_000 }),
  heldGain: fc.double({ noNaN: true, min: 1, max: 16 }),
  mainsHertz: fc.constantFrom(undefined, 50, 60),
  frameIntervalMicros: fc.constantFrom(undefined, 8333, 16_667, 33_333, 200_000),
  delay: fc.integer({ min: 0, max: 3 }),
});

function stateFor({ heldExposure, heldGain, mainsHertz, frameIntervalMicros, delay }: Situation) {
  return state({
    controls: holding({ exposure: heldExposure, gain: heldGain }),
    delayFrames: { exposure: delay },
    ...(mainsHertz === undefined ? {} : { mainsHertz }),
    ...(frameIntervalMicros === undefined ? {} : { frameIntervalMicros }),
  });
}

describe('every plan of an Algo', () => {
  it('is the same for the same intents and state, in whatever order the values stand', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { exposure, gain } = situation.wanted;
        const one = planWrites([intent('algo:ae', { exposure, gain })], stateFor(situation));
        const other = planWrites([intent('algo:ae', { gain, exposure })], stateFor(situation));
        expect([...one].map(([frames, set]) => [frames, [...set]])).toEqual(
          [...other].map(([frames, set]) => [frames, [...set]]),
        );
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('holds only what the device can hold: in range, on a step, within the frame', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const plan = valuesOf(planWrites([intent('algo:ae', situation.wanted)], stateFor(situation)));
        const { exposure, gain } = plan as { exposure: number; gain: number };
        expect(exposure).toBeGreaterThanOrEqual(100);
        expect(exposure).toBeLessThanOrEqual(Math.min(40_000, situation.frameIntervalMicros ?? Number.POSITIVE_INFINITY));
        expect(exposure % 10).toBe(0);
        expect(gain).toBeGreaterThanOrEqual(1);
        expect(gain).toBeLessThanOrEqual(16);
        expect((gain * 4) % 1).toBe(0);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('is never written past what was wanted', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { gain } = valuesOf(planWrites([intent('algo:ae', situation.wanted)], stateFor(situation))) as { gain: number };
        const wanted = Math.max(1, Math.min(16, situation.wanted.gain));
        const [low, high] = [Math.min(situation.heldGain, wanted), Math.max(situation.heldGain, wanted)];
        expect(gain).toBeGreaterThanOrEqual(low - 0.25);
        expect(gain).toBeLessThanOrEqual(high + 0.25);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
