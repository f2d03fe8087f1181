import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Announcer, onFault, reportFault } from '../../../main/base/lifetime.ts';
import { faultsOfTest } from '../../support/faults.ts';

describe('a listener that throws', () => {
  it('keeps no other from being called, nor the announcer from going on', () => {
    const faults = faultsOfTest();
    const announcer = new Announcer<number>();
    const heard: number[] = [];
    announcer.subscribe((value) => {
      throw new Error(`no to ${value}`);
    });
    announcer.subscribe((value) => heard.push(value));
    announcer.announce(1);
    announcer.announce(2);
    expect(heard).toEqual([1, 2]);
    expect(faults).toMatchObject([{ message: 'no to 1' }, { message: 'no to 2' }]);
  });
});

describe('a fault', () => {
  it('goes to the console where nobody listens, and when whoever listens fails over it', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => said.mockRestore());
    reportFault('nobody hears');
    const again = new Announcer<unknown>();
    again.subscribe(() => {
      throw 'the shell is gone';
    });
    onTestFinished(onFault((thrown) => again.announce(thrown)));
    reportFault('somebody hears');
    const ended = onFault(() => {
      throw 'so is the log';
    });
    reportFault('another');
    ended();
    expect(said.mock.calls.flat()).toEqual(['nobody hears', 'the shell is gone', 'the shell is gone', 'so is the log']);
  });
});
