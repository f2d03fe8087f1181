import { describe, expect, it } from 'vitest';
import type { LabError } from '../../../main/base/errors.ts';
import type { LaneModel } from '../../../main/runtime/lane-protocol.ts';
import { LaneSessions } from '../../../main/runtime/lane-sessions.ts';
import { plainReason, runError } from '../../../main/runtime/model-error.ts';
import { onnxBytes, port, type RawModel, type RawNode } from '../../support/onnx-bytes.ts';
import { laneModel } from './lane-model.ts';

const [x, z, y] = [port('x', 'float32', [1, 4]), port('z', 'float32', [1, 5]), port('y', 'float32', [1, 4])];

/** What ONNX Runtime says to a model of one node, in the lab's words. */
async function refusal(
  node: Omit<RawNode, 'output'>,
  model: Partial<RawModel> = {},
  changes: Partial<LaneModel> = {},
): Promise<LabError> {
  const bytes = onnxBytes({ nodes: [{ ...node, output: ['y'] }], inputs: [x], outputs: [y], ...model });
  return refusalOf(bytes, changes);
}

async function refusalOf(bytes: Uint8Array, changes: Partial<LaneModel> = {}): Promise<LabError> {
  const model = await laneModel({ bytes, ...changes });
  return new LaneSessions().load(model).then(
    () => Promise.reject(new Error('Expected a refusal')),
    (thrown: unknown) => thrown as LabError,
  );
}

describe('a reason', () => {
  it('is one short line without source files, whatever a provider adds', () => {
    const dawn = [
      '/src/webgpu_context.cc:136 void Initialize(const Config&)::<lambda()> adapter_result.status == Status::Success was false. Failed to get a WebGPU adapter: No supported adapters.',
      ' - While initializing adapter (backend=BackendType::Vulkan)',
      '    at InitializeImpl (/build/dawn/native/vulkan/PhysicalDeviceVk.cpp:253)',
      '',
    ];
    expect(plainReason(dawn.join('\n'))).toBe('Failed to get a WebGPU adapter: No supported adapters.');
  });
});

describe('a model with a broken node', () => {
  const name = 'tone_curve';

  it.each([
    ['an operator that does not exist', { name, opType: 'Tone', input: ['x'] }, {}, 'Tone', /No Op registered for Tone/],
    [
      'an operator of a foreign domain',
      { name, opType: 'Tone', domain: 'acme', input: ['x'] },
      { domain: 'acme' },
      'acme:Tone',
      /acme:Tone.* is not a registered function/,
    ],
    [
      'an attribute that the operator does not have',
      { name, opType: 'Transpose', input: ['x'], attribute: [{ name: 'order', type: 7, ints: [1, 0] }] },
      {},
      'Transpose',
      /^[^/]*Unrecognized attribute: order/,
    ],
    [
      'an attribute of another type',
      { name, opType: 'Transpose', input: ['x'], attribute: [{ name: 'perm', type: 2, i: 1 }] },
      {},
      'Transpose',
      /Expected: 'INTS', actual: 'INT'/,
    ],
    [
      'shapes that do not fit',
      { name, opType: 'Add', input: ['x', 'z'] },
      { inputs: [x, z] },
      'Add',
      /tone_curve \(Add\) of a model of the lab: Incompatible dimensions$/,
    ],
    [
      'types that do not fit',
      { name, opType: 'Add', input: ['x', 'z'] },
      { inputs: [x, port('z', 'uint8', [1, 4])] },
      'Add',
      /bound to different types/,
    ],
    ['an input that nobody makes', { name, opType: 'Relu', input: ['ghost'] }, {}, 'Relu', /Node input 'ghost'/],
  ] satisfies [string, Omit<RawNode, 'output'>, Partial<RawModel>, string, RegExp][])(
    'is refused with the node named: %s',
    async (_, node, model, operator, reason) => {
      const error = await refusal(node, model);
      expect(error).toMatchObject({ code: 'model.node-refused', exitCode: 1, action: 'Mend that node.' });
      expect(error.message).toContain(`ONNX Runtime refuses node ${name} (${operator}) of a model of the lab: `);
      expect(error.message).toMatch(reason);
    },
  );

  it('names the operator where the node has no name', async () => {
    const { message } = await refusal({ opType: 'Tone', input: ['x'] });
    expect(message).toMatch(/refuses node without a name \(Tone\) of/);
  });

  it('blames a file on the user, by its path', async () => {
    const error = await refusal({ name, opType: 'Tone', input: ['x'] }, {}, { file: 'mine.onnx' });
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('node tone_curve (Tone) of mine.onnx') });
  });
});

describe('what is no model for this lab', () => {
  it.each([
    ['text', new TextEncoder().encode('hello, this is no model')],
    ['nothing', new Uint8Array(0)],
    ['a message without a graph', Uint8Array.of(8, 8)],
  ])('is refused as no ONNX model: %s', async (_, bytes) => {
    const error = await refusalOf(bytes, { file: 'mine.onnx' });
    expect(error).toMatchObject({ code: 'model.not-onnx', exitCode: 2 });
    expect(error.message).toBe('Expected an ONNX model but received mine.onnx, which is none');
  });

  it('is refused for its versions, with the highest that would do', async () => {
    const node = { name: 'n', opType: 'Relu', input: ['x'] };
    const [ir, opset] = [await refusal(node, { ir: 99 }), await refusal(node, { opset: 99 })];
    expect([ir.code, opset.code]).toEqual(['model.version', 'model.version']);
    expect(ir.message).toMatch(/^Expected IR version \d+ or lower for a model of the lab but received 99$/);
    expect(opset.message).toMatch(/^Expected opset \d+ or lower for a model of the lab but received 99$/);
    expect(opset.action).toMatch(/^Export the model with opset \d+ or lower\.$/);
  });
});

describe('a model whose ports are not those of the stage', () => {
  it('is refused for the first input that is missing', async () => {
    const error = await refusal({ name: 'n', opType: 'Relu', input: ['x'] }, {}, { file: 'mine.onnx' });
    expect(error).toMatchObject({ code: 'model.ports', exitCode: 2, action: expect.stringContaining('export-onnx') });
    expect(error.message).toBe('Expected input mosaic of mine.onnx but received a model whose inputs are x');
  });

  it('is refused for an output that is missing', async () => {
    const error = await refusal({ name: 'n', opType: 'Relu', input: ['x'] }, {}, { inputs: [x] });
    expect(error.message).toBe('Expected output rgba of the model but received a model whose outputs are y');
  });

  it.each([
    ['type', port('x', 'uint16', [1, 4]), 'Expected uint16 [1, 4] for input x of the model but received float32 [1, 4]'],
    ['rank', port('x', 'float32', [4]), 'Expected float32 [4] for input x of the model but received float32 [1, 4]'],
    ['extent', port('x', 'float32', [1, 5]), 'Expected float32 [1, 5] for input x of the model but received float32 [1, 4]'],
  ])('is refused for the %s of a port', async (_, expected, message) => {
    const error = await refusal({ name: 'n', opType: 'Relu', input: ['x'] }, {}, { inputs: [expected], outputs: [y] });
    expect(error.message).toBe(message);
  });

  it('is refused for an input that nobody feeds', async () => {
    const node = { name: 'n', opType: 'Add', input: ['x', 'w'] };
    const inputs = [x, port('w', 'float32', [1, 4])];
    const error = await refusal(node, { inputs }, { inputs: [x], outputs: [y] });
    expect(error.message).toBe('Expected only the inputs x of the model but received one more: w');
  });
});

describe('what a running model throws', () => {
  it('names the node and leaves source paths out', () => {
    const thrown = new Error(
      "Non-zero status code returned while running Reshape node. Name:'interleave' Status Message: /src/core/providers/cpu/reshape_helper.h:91 " +
        'onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, bool) a == b was false. ' +
        'The input tensor cannot be reshaped to the requested shape. Input shape:{1,4}, requested shape:{3,3}\n',
    );
    expect(runError(thrown).message).toBe(
      'Node interleave (Reshape) failed: The input tensor cannot be reshaped to the requested shape. Input shape:{1,4}, requested shape:{3,3}',
    );
  });

  it('is left as it is where ONNX Runtime says nothing of a node', () => {
    expect(runError(new Error('Expected a value')).message).toBe('Expected a value');
  });
});
