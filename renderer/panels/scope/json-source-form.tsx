import { FileJson } from 'lucide-react';
import type { DragEvent, FormEvent } from 'react';
import { useState } from 'react';
import type { JsonSource } from '../../../preload/contract.ts';
import { labCallErrorFrom } from '../../client/lab-client.ts';
import { faultText } from '../../store/fault-text.ts';
import { ChooseFileDialog } from '../parameters/choose-file-dialog.tsx';
import { droppedText } from './dropped-text.ts';

/** JSON that is pasted, dropped, or chosen among the files of the lab's machine; what is refused stands below. */
export function JsonSourceForm(props: {
  label: string;
  placeholder: string;
  submit: string;
  /** Rejects with the lab's error. */
  onSource: (from: JsonSource) => Promise<void>;
}) {
  const { label, placeholder, submit, onSource } = props;
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [choosing, setChoosing] = useState(false);

  const tell = (thrown: unknown) => setFault(faultText(labCallErrorFrom(thrown)));

  async function take(from: JsonSource) {
    setBusy(true);
    setFault(undefined);
    await onSource(from).catch((thrown: unknown) => {
      tell(thrown);
      setBusy(false);
    });
  }

  function send(event: FormEvent) {
    event.preventDefault();
    void take({ text });
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    event.stopPropagation();
    void droppedText(event.dataTransfer).then((dropped) => {
      setText(dropped);
      return take({ text: dropped });
    }, tell);
  }

  return (
    <form className="json-source" onSubmit={send} onDrop={drop}>
      <textarea
        className="json-text"
        aria-label={label}
        data-testid="json-text"
        data-initial-focus
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setFault(undefined);
        }}
      />
      {fault !== undefined && (
        <p className="form-error" role="alert">
          {fault}
        </p>
      )}
      <footer className="modal-actions">
        <button type="button" className="button" data-testid="json-file" onClick={() => setChoosing(true)}>
          <FileJson size={12} aria-hidden />
          Choose a file…
        </button>
        <button type="submit" className="button button-strong" data-testid="json-submit" disabled={busy || text.trim() === ''}>
          {submit}
        </button>
      </footer>
      {choosing && (
        <ChooseFileDialog
          title={`${label}: choose a file`}
          fileTypes={['json']}
          path=""
          onClose={() => setChoosing(false)}
          onChoose={(path) => void take({ path })}
        />
      )}
    </form>
  );
}
