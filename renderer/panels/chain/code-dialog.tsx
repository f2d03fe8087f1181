import { Tabs } from 'radix-ui';
import type { ProcessorDescription } from '../../../preload/contract.ts';
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
  return value ? <CodeFiles files={value.files} /> : <p className="panel-empty">Reading…</p>;
}
