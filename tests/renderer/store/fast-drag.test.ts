import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallName, ParameterValues } from '../../../preload/contract.ts';
import type { LabTransport } from '../../../renderer/client/lab-client.ts';
import { createLabClient } from '../../../renderer/client/lab-client.ts';
import { EditHistory } from '../../../renderer/store/edit-history.ts';
import { ParameterEditor } from '../../../renderer/store/parameter-editor.ts';
import { createReport } from '../../../renderer/store/report.ts';
import { shownValue } from '../../../renderer/store/selectors.ts';
import { createLabStore } from '../../../renderer/store/store.ts';
import { settle } from '../../support/fake-lab/page-services.ts';

/** What a run is drawn from: a drag at 1,000 updates a second over some parameters, on a page and a lab of any pace. */
interface Pace {
  /** The parameter that each update of one millisecond moves. */
  readonly hands: readonly number[];
  readonly frameMillis: number;
  /** How long the lab takes for its answers, in turn. */
  readonly latencies: readonly number[];
  /** From this value on the lab refuses. */
  readonly refusedFrom: number;
}

const paces = fc.record<Pace>({
  hands: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 1, maxLength: 400, size: 'max' }),
  frameMillis: fc.constantFrom(4, 8, 16, 33),
  latencies: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 6, size: 'max' }),
  refusedFrom: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 50, 200),
});

/** Shrinking plays hundreds of drags: what fails is told as it was drawn, and again from its seed. */
const runs = { endOnFailure: true } as const;
const processorId = 'fast-isp';
const names = ['gain', 'tone', 'hue'] as const;

/** A lab and a page whose time is the test's: events run in the order of their moments. */
class VirtualPage implements LabTransport {
  readonly store = createLabStore();
  readonly history = new EditHistory();
  readonly calls: { readonly atMillis: number; readonly values: ParameterValues }[] = [];
  nowMillis = 0;
  inFlight = 0;
  mostInFlight = 0;
  labValues: ParameterValues = { gain: 0, tone: 0, hue: 0 };
  readonly editor: ParameterEditor;
  readonly #pace: Pace;
  #version = 1;
  #events: { readonly atMillis: number; readonly run: () => void }[] = [];

  constructor(pace: Pace) {
    this.#pace = pace;
    const { store, history } = this;
    store.setState({ parameters: { [processorId]: { processorId, version: 1, values: this.labValues } } });
    this.editor = new ParameterEditor({
      client: createLabClient(this),
      store,
      history,
      report: createReport(store),
      schedule: (callback) => this.at(Math.floor(this.nowMillis / pace.frameMillis + 1) * pace.frameMillis, callback),
      now: () => this.nowMillis,
    });
  }

  at(atMillis: number, run: () => void): void {
    this.#events.push({ atMillis, run });
    // A stable sort: what was planned first for a moment happens first.
    this.#events.sort((a, b) => a.atMillis - b.atMillis);
  }

  /** Runs events until none is left. */
  async runAll(): Promise<void> {
    for (let next = this.#events.shift(); next; next = this.#events.shift()) {
      this.nowMillis = next.atMillis;
      next.run();
      await settle();
    }
  }

  call(_name: CallName, payload: unknown) {
    const { values } = payload as { values: ParameterValues };
    const { latencies, refusedFrom } = this.#pace;
    const latency = latencies[this.calls.length % latencies.length] as number;
    this.calls.push({ atMillis: this.nowMillis, values });
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const answer = Promise.withResolvers<Awaited<ReturnType<LabTransport['call']>>>();
    this.at(this.nowMillis + latency, () => {
      this.inFlight--;
      if (Object.values(values).some((value) => Number(value) >= refusedFrom)) {
        answer.resolve({ ok: false, error: { code: 'parameter.out-of-range', message: `Refused ${JSON.stringify(values)}` } });
        return;
      }
      this.labValues = { ...this.labValues, ...values };
      this.#version++;
      answer.resolve({ ok: true, result: { processorId, version: this.#version, values: this.labValues } });
    });
    return answer.promise;
  }

  listen(): () => void {
    return () => undefined;
  }

  openView(): () => void {
    return () => undefined;
  }

  shown(name: string): unknown {
    return shownValue(this.store.getState(), processorId, name);
  }
}

/** Plays the drag: update number n sets its parameter to n, at n milliseconds; the hand lets go with the last. */
async function drag(pace: Pace) {
  const page = new VirtualPage(pace);
  const held: boolean[] = [];
  for (const [index, hand] of pace.hands.entries()) {
    const name = names[hand] as string;
    page.at(index + 1, () => {
      page.editor.change(processorId, name, index + 1);
      held.push(page.shown(name) === index + 1);
    });
  }
  page.at(pace.hands.length, () => page.editor.commit(processorId));
  await page.runAll();
  return { page, held };
}

/** The newest value of a parameter up to a moment. */
function newestAt({ hands }: Pace, name: string, atMillis: number): number | undefined {
  const index = hands.slice(0, atMillis).findLastIndex((hand) => names[hand] === name);
  return index < 0 ? undefined : index + 1;
}

test('of a drag at 1,000 updates a second the last value of every parameter lands, at no more than one call a frame', async () => {
  await fc.assert(
    fc.asyncProperty(paces, async (given) => {
      const pace = { ...given, refusedFrom: Number.POSITIVE_INFINITY };
      const { page, held } = await drag(pace);
      for (const name of names) {
        const last = newestAt(pace, name, pace.hands.length) ?? 0;
        expect([page.labValues[name], page.shown(name)]).toEqual([last, last]);
      }
      expect(held.every(Boolean)).toBe(true);
      expect(page.mostInFlight).toBe(1);
      const frames = page.calls.map(({ atMillis }) => atMillis / pace.frameMillis);
      expect(frames.every(Number.isInteger) && new Set(frames).size === frames.length).toBe(true);
    }),
    { ...runs, numRuns: 40 },
  );
});

test('what leaves is the newest there is, and nothing leaves twice', async () => {
  await fc.assert(
    fc.asyncProperty(paces, async (given) => {
      const pace = { ...given, refusedFrom: Number.POSITIVE_INFINITY };
      const { page } = await drag(pace);
      const sent: string[] = [];
      for (const { atMillis, values } of page.calls) {
        for (const [name, value] of Object.entries(values)) {
          // A frame that falls on an update's own moment may run before it.
          expect([newestAt(pace, name, atMillis), newestAt(pace, name, atMillis - 1)]).toContain(value);
          sent.push(`${name} ${value}`);
        }
      }
      expect(new Set(sent).size).toBe(sent.length);
    }),
    { ...runs, numRuns: 40 },
  );
});

test('a drag is one step to undo and to redo, whatever the lab was busy with', async () => {
  await fc.assert(
    fc.asyncProperty(paces, async (given) => {
      const pace = { ...given, refusedFrom: Number.POSITIVE_INFINITY };
      const { page } = await drag(pace);
      const end = page.labValues;
      page.history.undo();
      await page.runAll();
      expect(page.labValues).toEqual({ gain: 0, tone: 0, hue: 0 });
      expect(page.history.canUndo).toBe(false);
      page.history.redo();
      await page.runAll();
      expect(page.labValues).toEqual(end);
    }),
    { ...runs, numRuns: 25 },
  );
});

test('where the lab refuses, the page ends with what the lab has, nothing is left waiting, and one notice says so', async () => {
  await fc.assert(
    fc.asyncProperty(paces, async (pace) => {
      const { page } = await drag(pace);
      for (const name of names) expect(page.shown(name)).toBe(page.labValues[name]);
      const { edits, refusals, notices } = page.store.getState();
      expect([edits[processorId], refusals]).toEqual([{}, {}]);
      const isLost = names.some((name) => page.labValues[name] !== (newestAt(pace, name, pace.hands.length) ?? 0));
      expect(notices.map(({ level }) => level)).toEqual(isLost ? ['error'] : []);
    }),
    { ...runs, numRuns: 40 },
  );
});
