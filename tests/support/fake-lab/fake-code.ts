import type { CodeFile, PackageInspection } from '../../../preload/contract.ts';

const moduleText = `import { defineProcessor, runtime, z } from 'camera-lab';

export default defineProcessor({
  id: 'warm',
  name: 'Warm',
  params: { warm_amount: runtime(z.number().min(0).max(1).default(0.3), { order: 1, label: 'Amount' }) },
  prepare: () => ({ inputSize: 1 }),
  call: ({ video, warm_amount }) => {
    for (let at = 0; at < video.data.length; at += 3) video.data[at] *= 1 + warm_amount;
    return { video };
  },
});
`;

function fileOf(path: string, text: string, change?: CodeFile['change']): CodeFile {
  return { path, bytes: text.length, text, ...(change ? { change } : {}) };
}

/** What `package.inspect` answers: trusted before, one file changed, one new, one gone, one that is no text. */
export function fakeInspection(folder: string): PackageInspection {
  return {
    folder,
    hash: 'a'.repeat(64),
    trustedAt: '2025-02-03T10:20:30Z',
    isCompared: true,
    files: [
      fileOf('processor.json', '{ "schemaVersion": 1, "kind": "code", "id": "warm", "module": "warm.ts" }\n'),
      { path: 'table.bin', bytes: 4096, change: 'added' },
      fileOf('warm.ts', moduleText, 'changed'),
      { path: 'old.ts', bytes: 0, change: 'removed' },
    ],
  };
}

/** What `code.get` answers. */
export function fakeCode(processorId: string, form: 'source' | 'scope'): CodeFile[] {
  if (form === 'source') {
    return [
      fileOf('declaration.json', `${JSON.stringify({ id: processorId, version: '1.0.0' }, null, 2)}\n`),
      fileOf('graph.txt', 'video  float32 [1, rows, columns, 3]\n  Mul  x 1\n  Clip x 1\nvideo_out\n'),
    ];
  }
  const folder = `src/${processorId.replaceAll('-', '_')}`;
  return [
    fileOf('pyproject.toml', `[project]\nname = "${processorId}"\nrequires-python = ">=3.12"\n`),
    fileOf(`${folder}/__init__.py`, 'from scope.core.plugins import hookimpl\n'),
    { path: `${folder}/model.onnx`, bytes: 18_204 },
  ];
}
