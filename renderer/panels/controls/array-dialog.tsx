import { useState } from 'react';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { Modal } from '../../controls/modal.tsx';
import { sameValue } from '../../store/same-value.ts';
import { arraySummary, elementCount, elementsOf, rangeFact } from './control-facts.ts';
import type { ElementsRule } from './control-text.ts';
import { elementsText, parseElement, parseElements } from './control-text.ts';

/** Tables of more columns or cells than this are edited as text. */
const mostColumns = 16;
const mostCells = 256;
const bytesPerLine = 16;

interface ArrayProps {
  readonly control: ControlDescription;
  readonly label: string;
  readonly value: ControlValue;
  readonly disabled: boolean;
  readonly onWrite: (value: number[]) => void;
}

/** An array or compound in short; pressed, it opens the editor of its elements. */
export function ArrayButton(props: ArrayProps) {
  const [open, setOpen] = useState(false);
  const { control, label, disabled } = props;
  return (
    <>
      <button
        type="button"
        className="button array-button"
        aria-label={`Edit ${label}: ${arraySummary(control)}`}
        disabled={disabled}
        onClick={() => setOpen(true)}
      >
        <span>{arraySummary(control)}</span>
      </button>
      <Modal
        open={open}
        onClose={() => setOpen(false)}
        title={control.label}
        description={`${arraySummary(control)}${control.type === 'bytes' ? ', in hexadecimal' : `, each ${rangeFact(control)}`}`}
      >
        <ArrayForm {...props} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function columnsOf({ type, dimensions }: ControlDescription, length: number): number {
  return type === 'bytes' ? bytesPerLine : Math.max(1, dimensions?.at(-1) ?? Math.min(length, bytesPerLine));
}

function isTable(control: ControlDescription, length: number): boolean {
  const flat = (control.dimensions?.length ?? 1) <= 2;
  return control.type === 'array' && flat && length > 0 && length <= mostCells && columnsOf(control, length) <= mostColumns;
}

/** Edits a copy: nothing is written before every element has been read. */
function ArrayForm({ control, value, onWrite, onDone }: ArrayProps & { readonly onDone: () => void }) {
  const elements = elementsOf(control, value);
  // What the device held when the editor was opened; a change meanwhile is told and does not touch what was typed.
  const [opened] = useState(elements);
  const rule: ElementsRule = {
    minimum: control.minimum,
    maximum: control.maximum,
    count: elementCount(control) ?? (control.type === 'bytes' ? opened.length : undefined),
    radix: control.type === 'bytes' ? 16 : 10,
  };
  const columns = columnsOf(control, opened.length);
  const table = isTable(control, opened.length);
  const [text, setText] = useState(() => elementsText(opened, columns, rule.radix));
  const [message, setMessage] = useState<string | undefined>(undefined);

  function change(next: string) {
    setText(next);
    setMessage(undefined);
  }

  function write() {
    const read = parseElements(text, rule);
    if (!read.ok) return setMessage(read.message);
    if (!sameValue(read.value, [...elements])) onWrite(read.value);
    onDone();
  }

  const asText = (values: ControlValue) => elementsText(elementsOf(control, values), columns, rule.radix);
  return (
    <form
      className="array-form"
      onSubmit={(event) => {
        event.preventDefault();
        write();
      }}
    >
      {table ? (
        <ElementTable control={control} rule={rule} columns={columns} text={text} onChange={change} />
      ) : (
        <textarea
          className="array-text"
          aria-label={`Elements of ${control.label}`}
          spellCheck={false}
          rows={Math.min(16, Math.max(4, text.split('\n').length))}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      )}
      {!sameValue([...opened], [...elements]) && (
        <p className="array-note" role="status">
          The device holds other values now than when this was opened.
        </p>
      )}
      {message && (
        <p className="form-error" role="alert">
          {message}
        </p>
      )}
      <footer className="modal-actions">
        <button type="button" className="button" onClick={() => change(asText(control.defaultValue))}>
          Default
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button button-strong">
          Write
        </button>
      </footer>
    </form>
  );
}

function ElementTable(props: {
  control: ControlDescription;
  rule: ElementsRule;
  columns: number;
  text: string;
  onChange: (text: string) => void;
}) {
  const { control, rule, columns, text } = props;
  const rows = text.split('\n').map((line) => line.trimStart().split(/ +/));

  function setCell(row: number, column: number, typed: string) {
    // A cell holds one word: what separates words in the text cannot be typed into it. An empty cell keeps its place.
    const word = typed.replaceAll(/[\s,;]/g, '') || emptyCell;
    const next = rows.map((line, y) => line.map((cell, x) => (y === row && x === column ? word : cell)));
    props.onChange(next.map((line) => line.join(' ')).join('\n'));
  }

  return (
    <div className="array-scroll">
      <table className="array-table" aria-label={`Elements of ${control.label}`}>
        <thead>
          <tr>
            <th aria-label="Row" />
            {rows[0]?.map((_, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((line, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            <tr key={row}>
              <th scope="row">{row}</th>
              {line.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <td key={column}>
                  <input
                    type="text"
                    inputMode="numeric"
                    aria-label={`Row ${row}, column ${column}`}
                    aria-invalid={!parseElement(cell, row * columns + column, rule).ok}
                    value={cell === emptyCell ? '' : cell}
                    onFocus={(event) => event.target.select()}
                    onChange={(event) => setCell(row, column, event.target.value)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Stands in the text for a cell without anything in it; no number, so it is refused by its place. */
const emptyCell = '–';
