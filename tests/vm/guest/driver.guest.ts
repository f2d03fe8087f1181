import { describe, expect, it } from 'vitest';
import { vividCaptureNodes } from '../host-driver.ts';
import { v4l2Ctl } from './v4l2-ctl.ts';

describe('the driver under test', () => {
  it('has two capture nodes at least', () => {
    expect(vividCaptureNodes().length).toBeGreaterThanOrEqual(2);
  });

  it('runs on the pinned Node', () => {
    expect(process.versions.node).toMatch(/^24\./);
  });

  it('answers as vivid to the independent program that the tests compare with', async () => {
    const [node = ''] = vividCaptureNodes();
    const answer = await v4l2Ctl(node, '--all');
    expect(answer).toMatch(/Driver name\s*: vivid/);
    expect(answer).toMatch(/Width\/Height\s*: \d+\/\d+/);
  });
});
