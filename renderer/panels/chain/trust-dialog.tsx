import { Copy } from 'lucide-react';
import type { PackageInspection } from '../../../preload/contract.ts';
import { formatInstant } from '../../controls/format.ts';
import { Modal } from '../../controls/modal.tsx';
import { faultText } from '../../store/fault-text.ts';
import { useLab, usePageState } from '../panel-context.ts';
import { CodeFiles } from './code-files.tsx';
import { useAnswer } from './use-answer.ts';

/** Asks whether the code of a package may run: where it is, the hash of its content, what changed since it was trusted last, and all of it to read. */
export function TrustDialog() {
  const { page } = useLab();
  const folder = usePageState((state) => state.trustFolder);
  const close = () => page.setState({ trustFolder: undefined });
  return (
    <Modal
      open={folder !== undefined}
      onClose={close}
      wide
      title="Trust this code?"
      description="Code of a package can do whatever you can do on the machine where the lab runs. Trust holds for exactly this content."
    >
      {folder !== undefined && <TrustForm folder={folder} onDone={close} />}
    </Modal>
  );
}

function TrustForm({ folder, onDone }: { folder: string; onDone: () => void }) {
  const { catalogue } = useLab();
  const { value, error } = useAnswer('package.inspect', { folder });

  async function trust(hash: string) {
    if (await catalogue.trust(folder, hash)) onDone();
  }

  return (
    <>
      {error && (
        <p className="form-error" role="alert">
          {faultText(error)}
        </p>
      )}
      {value && <TrustFacts inspection={value} />}
      {value && <CodeFiles files={value.files} />}
      <footer className="modal-actions">
        <button type="button" className="button" data-initial-focus onClick={onDone}>
          Not now
        </button>
        <button
          type="button"
          className="button button-strong"
          data-testid="trust"
          disabled={!value}
          onClick={() => value && void trust(value.hash)}
        >
          Trust this code
        </button>
      </footer>
    </>
  );
}

function TrustFacts({ inspection }: { inspection: PackageInspection }) {
  const { copyText, actions } = useLab();
  const { folder, hash } = inspection;

  async function copy() {
    await copyText(hash);
    actions.inform(`Copied: ${hash}`);
  }

  return (
    <dl className="facts">
      <dt>Folder</dt>
      <dd>{folder}</dd>
      <dt>SHA-256</dt>
      <dd className="facts-hash">
        {hash}
        <button type="button" className="icon-button" aria-label="Copy the hash" onClick={() => void copy()}>
          <Copy size={11} aria-hidden />
        </button>
      </dd>
      <dt>Since you trusted it</dt>
      <dd>{changeText(inspection)}</dd>
    </dl>
  );
}

/** What has changed, in one line. */
function changeText({ trustedAt, isCompared, files }: PackageInspection): string {
  if (trustedAt === undefined) return 'It has never been trusted.';
  const when = `Trusted last on ${formatInstant(trustedAt)}`;
  if (!isCompared) return `${when}; what it was then is not known any more.`;
  const count = (wanted: string) => files.filter(({ change }) => change === wanted).length;
  const parts = [
    [count('changed'), 'changed'],
    [count('added'), 'new'],
    [count('removed'), 'removed'],
  ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  return parts.length === 0 ? `${when}; nothing has changed.` : `${when}; files: ${parts.join(', ')}.`;
}
