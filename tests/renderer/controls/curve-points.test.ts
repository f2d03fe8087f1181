import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCurvePoints } from '../../../main/isp/tone-points.ts';
import type { CurvePoint } from '../../../renderer/controls/curve-points.ts';
import {
  curveText,
  parseCurve,
  roomOf,
  widestGap,
  withoutPoint,
  withPointAdded,
  withPointAt,
} from '../../../renderer/controls/curve-points.ts';

const name = 'Curve points';

function pointsOf(text: string): readonly CurvePoint[] {
  const read = parseCurve(text, name);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

test.each([
  ['', 'nothing'],
  ['0,0', '1'],
  ['0,0 1', '“1”'],
  ['0,0 0.5,a 1,1', '“0.5,a”'],
  ['0,0 0.5,0.6 0.5,0.7 1,1', '“0.5,0.7”'],
  ['0,0.5 0.5,0.4 1,1', '“0.5,0.4”'],
  ['0,0 1,1.1', '“1,1.1”'],
  ['0.1,0 1,1', 'points from x = 0.1 to 1'],
  ['0,0 .1,.1 .2,.2 .3,.3 .4,.4 .5,.5 .6,.6 .7,.7 1,1', '9'],
])('%j is refused', (text, received) => {
  const read = parseCurve(text, name);
  expect(read).toEqual({ ok: false, message: expect.stringContaining(`for Curve points but received ${received}`) });
});

test('what the page lets through and refuses, the lab does too', () => {
  const digit = fc.constantFrom('0', '0.2', '0.25', '0.5', '0.9', '1', '1.2', 'x', '');
  const pair = fc.tuple(digit, digit).map((both) => both.join(','));
  const inner = fc.array(pair, { maxLength: 7 });
  fc.assert(
    fc.property(inner, fc.boolean(), (pairs, hasEnds) => {
      const text = (hasEnds ? ['0,0', ...pairs, '1,1'] : pairs).join(' ');
      let labTakes = true;
      try {
        parseCurvePoints(text);
      } catch {
        labTakes = false;
      }
      expect(parseCurve(text, name).ok, text).toBe(labTakes);
    }),
  );
});

test('text comes back as it was typed', () => {
  for (const text of ['0,0 1,1', '0,0.1 0.25,0.3 0.5,0.3 1,0.9']) expect(curveText(pointsOf(text))).toBe(text);
});

test('a point moves as far as its neighbours leave room, the ends only up and down', () => {
  const points = pointsOf('0,0 0.4,0.3 0.6,0.8 1,1');
  expect(curveText(withPointAt(points, 1, { x: 0.9, y: 0.9 }))).toBe('0,0 0.59,0.8 0.6,0.8 1,1');
  expect(curveText(withPointAt(points, 1, { x: -1, y: -1 }))).toBe('0,0 0.01,0 0.6,0.8 1,1');
  expect(curveText(withPointAt(points, 0, { x: 0.5, y: 0.2 }))).toBe('0,0.2 0.4,0.3 0.6,0.8 1,1');
  expect(curveText(withPointAt(points, 3, { x: 0.5, y: 0.1 }))).toBe('0,0 0.4,0.3 0.6,0.8 1,0.8');
  expect(roomOf(points, 2)).toEqual({ x: [0.41, 0.99], y: [0.3, 1] });
});

test('whatever the hand does, the lab takes the curve', () => {
  const place = fc.record({ x: fc.double({ min: -1, max: 2, noNaN: true }), y: fc.double({ min: -1, max: 2, noNaN: true }) });
  const act = fc.record({ kind: fc.constantFrom('move', 'add', 'remove'), index: fc.nat(9), place });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let points = pointsOf('0,0 1,1');
      for (const { kind, index, place: to } of acts) {
        if (kind === 'move') points = withPointAt(points, index % points.length, to);
        if (kind === 'add') points = withPointAdded(points, to)?.points ?? points;
        if (kind === 'remove') points = withoutPoint(points, index % points.length);
        const taken = parseCurvePoints(curveText(points));
        expect(taken).toEqual(points.map(({ x, y }) => [x, y]));
      }
    }),
  );
});

test('a point that is added stands in its order; there is no ninth, and none beside another', () => {
  const points = pointsOf('0,0 0.4,0.3 1,1');
  expect(withPointAdded(points, { x: 0.7, y: 0.1 })).toEqual({ points: pointsOf('0,0 0.4,0.3 0.7,0.3 1,1'), index: 2 });
  expect(withPointAdded(points, { x: 0.405, y: 0.3 })).toBeUndefined();
  const full = pointsOf('0,0 .1,.1 .2,.2 .3,.3 .4,.4 .5,.5 .6,.6 1,1');
  expect(withPointAdded(full, { x: 0.8, y: 0.8 })).toBeUndefined();
});

test('ends cannot be removed, and a point without a place goes into the widest gap', () => {
  const points = pointsOf('0,0 0.4,0.3 1,1');
  expect(withoutPoint(points, 0)).toBe(points);
  expect(withoutPoint(points, 2)).toBe(points);
  expect(curveText(withoutPoint(points, 1))).toBe('0,0 1,1');
  expect(widestGap(points)).toBeCloseTo(0.7);
});
