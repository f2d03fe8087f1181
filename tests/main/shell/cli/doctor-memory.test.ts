import { describe, expect, it } from 'vitest';
import { checkMemory } from '../../../../main/shell/cli/doctor-memory.ts';
import { MockAllocator } from '../../../support/mock-allocator.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();

describe('the kinds of memory that doctor tells of', () => {
  it('are named with what they are for, or why they are missing, and nothing is allocated', () => {
    const engine = new MockAllocator('engine', ['threads']);
    const udmabuf = new MockAllocator('udmabuf', ['processes', 'dma-buf']);
    udmabuf.missing = 'No such file';
    expect(checkMemory([engine, udmabuf])).toEqual([
      { subject: 'Memory engine', state: 'works', detail: 'frames of the lab' },
      {
        subject: 'Memory udmabuf',
        state: 'missing',
        detail: 'No such file (for frames for other processes, frames that devices fill)',
        fix: 'the live picture does without',
      },
    ]);
    expect([engine.asked, udmabuf.asked]).toEqual([[], []]);
  });

  it('stand in its list, beside every execution provider', async () => {
    const { code, results } = await lab.run('doctor', '--json');
    expect(code).toBe(0);
    const subjects = (JSON.parse(results.join('\n')) as { subject: string }[]).map(({ subject }) => subject);
    expect(subjects).toEqual(
      expect.arrayContaining(['Memory shared-array-buffer', 'Memory memfd', 'ONNX Runtime on cuda', 'ONNX Runtime on tensorrt']),
    );
  });
});
