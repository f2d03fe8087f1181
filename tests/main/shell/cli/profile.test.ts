import { describe, expect, it } from 'vitest';
import type { ModelProfile } from '../../../../main/runtime/model-profile.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const small = ['--size', '64x48', '--frames', '2'];

describe('lab profile', () => {
  it.each([
    ['an odd size', ['--size', '63x48'], /^Expected even WIDTHxHEIGHT/],
    ['no frames', ['--size', '64x48', '--frames', '0'], /^Expected 1 to 1000 frames for a profile but received 0/],
    ['a parameter that does not exist', [...small, '--param', 'speed=1'], /speed/],
    [
      'a model that is not there',
      [...small, '--model', 'missing.onnx'],
      /^Expected a readable ONNX model but received missing\.onnx/,
    ],
  ])('refuses %s in one sentence', async (_, args, sentence) => {
    const { code, results, notes } = await lab.run('profile', ...args);
    expect({ code, results }).toEqual({ code: 2, results: [] });
    expect(notes).toEqual([expect.stringMatching(sentence)]);
  });

  it('refuses a file that is no model, and one for another size', async () => {
    const text = await lab.write('text.onnx', 'no model');
    const none = await lab.run('profile', ...small, '--model', text);
    expect([none.code, none.notes]).toEqual([
      2,
      [expect.stringMatching(/^Expected an ONNX model but received .*text\.onnx, which is none/)],
    ]);
    await lab.run('export-onnx', '--size', '64x32', '--output', lab.path('low.onnx'));
    const low = await lab.run('profile', ...small, '--model', lab.path('low.onnx'));
    expect([low.code, low.notes]).toEqual([
      2,
      [expect.stringMatching(/input mosaic of .*low\.onnx but received uint16 \[1, 1, 32, 64\]/)],
    ]);
  });

  it('prints a table by node, and one by operator, with shares', async () => {
    const { code, results, notes } = await lab.run('profile', ...small);
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    const [summary, nodes, operators] = results.join('\n').split('\n\n') as [string, string, string];
    expect(summary).toMatch(
      /^64x48 on cpu, the frame whole, one thread: \d+\.\d{3} ms a frame \(median of 2\)\. Row kernels, which are chosen, have no times by node\.$/,
    );
    expect(nodes).toMatch(/^share +ms\/frame +runs +operator +node\n/);
    expect(operators).toMatch(/^share +ms\/frame +runs +operator\n/);
    expect(operators).toMatch(/^\d+\.\d % +\d+\.\d{3} +1 +Conv$/m);
  });

  it('says nothing of row kernels where they do not run the stage', async () => {
    const { code, results } = await lab.run('profile', ...small, '--param', 'execution_provider=cpu');
    expect(code).toBe(0);
    expect(results.join('\n').split('\n\n')[0]).toMatch(/ms a frame \(median of 2\)\.$/);
  });

  it('prints the profile of an exported model as JSON', async () => {
    await lab.run('export-onnx', '--size', '64x48', '--output', lab.path('stage.onnx'));
    const { code, results } = await lab.run('profile', ...small, '--model', lab.path('stage.onnx'), '--json');
    expect(code).toBe(0);
    const profile = JSON.parse(results.join('\n')) as ModelProfile;
    expect(profile).toMatchObject({ provider: 'cpu', frames: 2, strips: 1 });
    expect(profile.nodes.length).toBeGreaterThan(10);
  });

  it.each(['raw', 'fast', 'slow'])('is had of stage %s', async (stage) => {
    const { code, results } = await lab.run('profile', '--stage', stage, '--size', '160x160', '--frames', '1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(results.join('\n')).nodes.length).toBeGreaterThan(5);
  });
});
