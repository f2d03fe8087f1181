import { Copy } from 'lucide-react';
import { Fragment, useState } from 'react';
import type { CodeFile } from '../../../preload/contract.ts';
import { formatBytes } from '../../controls/format.ts';
import { useLab } from '../panel-context.ts';

const changeWords = { added: 'new', changed: 'changed', removed: 'removed' } as const;

/** Files to read and to copy, never to change: a list beside the one that is chosen. */
export function CodeFiles({ files }: { files: readonly CodeFile[] }) {
  const firstChanged = files.find(({ change, text }) => change !== undefined && text !== undefined);
  const [chosenPath, setChosenPath] = useState(firstChanged?.path ?? files.find(({ text }) => text !== undefined)?.path);
  const chosen = files.find(({ path }) => path === chosenPath) ?? files[0];
  if (!chosen) return <p className="panel-empty">No files.</p>;
  return (
    <div className="code">
      <ul className="code-list" aria-label="Files">
        {files.map((file) => (
          <li key={file.path}>
            <button
              type="button"
              className="code-entry"
              aria-current={file.path === chosen.path}
              title={file.path}
              onClick={() => setChosenPath(file.path)}
            >
              <span className="code-path">
                <BrokenPath path={file.path} />
              </span>
              {file.change && <span className="code-change">{changeWords[file.change]}</span>}
            </button>
          </li>
        ))}
      </ul>
      <CodeText file={chosen} />
    </div>
  );
}

/** A path that wraps behind its folders, so that a file's name stays whole. */
function BrokenPath({ path }: { path: string }) {
  const parts = path.split('/');
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a folder is its depth
    <Fragment key={index}>
      {part}
      {index < parts.length - 1 && '/'}
      <wbr />
    </Fragment>
  ));
}

function CodeText({ file }: { file: CodeFile }) {
  const { copyText, actions } = useLab();
  const { path, text, bytes } = file;

  async function copy() {
    await copyText(text ?? '');
    actions.inform(`Copied: ${path}`);
  }

  return (
    <section className="code-file" aria-label={path}>
      <header className="code-head">
        <span className="code-path">{path}</span>
        <span className="code-size">{formatBytes(bytes)}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={`Copy ${path}`}
          disabled={text === undefined}
          onClick={() => void copy()}
        >
          <Copy size={12} aria-hidden />
        </button>
      </header>
      {text === undefined ? (
        <p className="panel-empty">
          {file.change === 'removed' ? 'This file is gone.' : 'No text: it can be read only as bytes.'}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <pre className="code-text" tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}
