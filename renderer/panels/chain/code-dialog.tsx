import { Tabs } from 'radix-ui';
import { useState } from 'react';
import type { ProcessorDescription } from '../../../preload/contract.ts';
import { labCallErrorFrom } from '../../client/lab-client.ts';
import { Modal } from '../../controls/modal.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { CodeFiles } from './code-files.tsx';
import { useAnswer } from './use-answer.ts';

const forms = [
  { form: 'source', title: 'Processor' },
  { form: 'scope', title: 'Daydream Scope package' },
] as const;

/** The code of a processor, to read and to copy: its own, and the package that Daydream Scope loads. */
export function CodeDialog() {
  const { page } = useLab();
  const processorId = usePageState((state) => state.codeOf);
  const processor = useLabState((state) => state.processors.find(({ id }) => id === processorId));
  return (
    <Modal
      open={processor !== undefined}
      onClose={() => page.setState({ codeOf: undefined })}
      wide
      title={processor ? `Code of ${processor.name}` : ''}
      description="What it is made of, with its graph for the size that streams. To read and to copy, not to change."
    >
      {processor && <CodeForms processor={processor} />}
    </Modal>
  );
}

function CodeForms({ processor }: { processor: ProcessorDescription }) {
  return (
    <Tabs.Root defaultValue="source" className="code-forms">
      <Tabs.List className="processor-tabs" aria-label="Forms of the code">
        {forms.map(({ form, title }) => (
          <Tabs.Trigger key={form} value={form} className="processor-tab">
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {forms.map(({ form }) => (
        <Tabs.Content key={form} value={form} tabIndex={-1} className="code-form">
          <CodeForm processorId={processor.id} form={form} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function CodeForm({ processorId, form }: { processorId: string; form: (typeof forms)[number]['form'] }) {
  const { value, error } = useAnswer('code.get', { processorId, form });
  if (error) {
    return (
      <p className="form-error" role="alert">
        {faultText(error)}
      </p>
    );
  }
  if (!value) return <p className="panel-empty">Reading…</p>;
  return (
    <>
      <CodeFiles files={value.files} />
      <CodeExport processorId={processorId} form={form === 'scope' ? 'scope' : 'onnx'} />
    </>
  );
}

const exportWords = { scope: 'Write the package', onnx: 'Write as .onnx' } as const;

/** Writes what is shown, or the graph as a model, into the exports of the lab, and says where it lies or why it cannot be. */
function CodeExport({ processorId, form }: { processorId: string; form: 'scope' | 'onnx' }) {
  const { client, copyText, actions } = useLab();
  const [path, setPath] = useState<string | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  async function write() {
    setBusy(true);
    setFault(undefined);
    await client.call('code.export', { processorId, form }).then(
      (written) => setPath(written.path),
      (thrown: unknown) => setFault(faultText(labCallErrorFrom(thrown))),
    );
    setBusy(false);
  }

  async function copy(written: string) {
    await copyText(written);
    actions.inform(`Copied: ${written}`);
  }

  return (
    <footer className="code-export">
      {fault !== undefined && (
        <p className="form-error" role="alert">
          {fault}
        </p>
      )}
      {path !== undefined && (
        <output className="code-written" data-testid={`written-${form}`}>
          Written: {path}
        </output>
      )}
      {path !== undefined && (
        <button type="button" className="button" onClick={() => void copy(path)}>
          Copy path
        </button>
      )}
      <button
        type="button"
        className="button button-strong"
        data-testid={`write-${form}`}
        disabled={busy}
        onClick={() => void write()}
      >
        {busy ? 'Writing…' : exportWords[form]}
      </button>
    </footer>
  );
}
