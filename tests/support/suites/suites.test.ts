import { describe, expect, it, vi } from 'vitest';
import { summarisePlaywright } from './playwright-summary.mjs';
import { absentSuite, lintSummary, summaryOfStep, trustworthy } from './suites.mjs';

const nothingSkipped = { skipped: [] };

describe('a run that cannot be trusted is a failure', () => {
  it.each([
    ['it left no summary', undefined, 0, { passed: 0, failed: 1 }],
    ['it ran no test', { passed: 0, failed: 0, ...nothingSkipped }, 0, { passed: 0, failed: 1 }],
    ['it failed without naming a test', { passed: 9, failed: 0, ...nothingSkipped }, 1, { passed: 9, failed: 1 }],
  ])('%s', (_what, summary, exitCode, expected) => {
    expect(trustworthy(summary, exitCode)).toMatchObject(expected);
  });

  it.each([
    [{ passed: 9, failed: 0, ...nothingSkipped }, 0],
    [{ passed: 9, failed: 2, ...nothingSkipped }, 1],
  ])('%j with exit code %d stands', (summary, exitCode) => {
    expect(trustworthy(summary, exitCode)).toBe(summary);
  });

  it('a step counts as one test', () => {
    expect([summaryOfStep(0), summaryOfStep(2)]).toEqual([
      { passed: 1, failed: 0, skipped: [] },
      { passed: 0, failed: 1, skipped: [] },
    ]);
  });

  it.each([
    [1, undefined],
    [1, ''],
    [1, 'off'],
    [1, 'true'],
    [2, 'REPORT'],
  ])('findings of the linter fail: exit code %d with CAMERA_LAB_LINT=%j', (exitCode, mode) => {
    expect(lintSummary(exitCode, mode)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });

  it('findings of the linter are told where they are only to be reported', () => {
    const skipped = [{ name: 'the verdict of the linter', reason: expect.stringContaining('CAMERA_LAB_LINT=report') }];
    expect(lintSummary(1, 'report')).toEqual({ passed: 0, failed: 0, skipped });
    expect(lintSummary(0, 'report')).toEqual({ passed: 1, failed: 0, skipped: [] });
  });

  it('a suite that is absent fails only where it was promised', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(absentSuite('x', 'no display', true)).toMatchObject({ failed: 1, skipped: [{ name: 'x', reason: 'no display' }] });
    expect(absentSuite('x', 'no display', false)).toMatchObject({ failed: 0 });
    vi.restoreAllMocks();
  });
});

it('Playwright’s report is added up through its nested suites', () => {
  const planned = (status: string, description?: string) => ({
    title: status,
    tests: [{ projectName: 'chromium', status, annotations: description === undefined ? [] : [{ type: 'skip', description }] }],
  });
  const summary = summarisePlaywright({
    errors: [{}],
    suites: [
      {
        title: 'lab.e2e.ts',
        specs: [planned('expected'), planned('flaky')],
        suites: [{ title: 'inner', specs: [planned('unexpected'), planned('skipped', 'no camera'), planned('skipped')] }],
      },
    ],
  });
  expect(summary).toEqual({
    passed: 1,
    failed: 3,
    skipped: [
      { name: 'lab.e2e.ts > inner > skipped', reason: 'no camera' },
      { name: 'lab.e2e.ts > inner > skipped', reason: 'no reason given' },
    ],
  });
});
