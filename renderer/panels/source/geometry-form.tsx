import type { RawGeometry } from '../../../preload/contract.ts';
import { Choice } from '../../controls/choice.tsx';
import type { GeometryDraft } from './geometry-entry.ts';
import { draftOf, geometryFields, geometryText } from './geometry-entry.ts';

const cfaOptions = (['RGGB', 'GRBG', 'GBRG', 'BGGR'] as const).map((value) => ({ value, label: value }));
const packingOptions = [
  { value: 'unpacked', label: 'Unpacked, 16-bit words' },
  { value: 'mipi', label: 'MIPI CSI-2 packed' },
] as const;

/** Asks for what a headerless RAW file does not say; geometries that fit the file's size are one click away. */
export function GeometryForm(props: {
  draft: GeometryDraft;
  suggestions: readonly RawGeometry[];
  onChange: (draft: GeometryDraft) => void;
}) {
  const { draft, onChange } = props;
  return (
    <div className="geometry">
      {props.suggestions.length > 0 && (
        <fieldset className="geometry-suggestions">
          <legend>Geometries that match the file's size</legend>
          {props.suggestions.map((suggestion) => (
            <button key={geometryText(suggestion)} type="button" className="button" onClick={() => onChange(draftOf(suggestion))}>
              {geometryText(suggestion)}
            </button>
          ))}
        </fieldset>
      )}
      <div className="geometry-fields">
        {geometryFields.map(({ field, label, range }) => (
          <label key={field} className="geometry-field">
            <span>{label}</span>
            <span className="entry">
              <input
                type="text"
                inputMode="decimal"
                value={draft[field]}
                onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
              />
              <span className="entry-unit">{range.unit}</span>
            </span>
          </label>
        ))}
        <div className="geometry-field">
          <span>CFA order</span>
          <Choice label="CFA order" value={draft.cfa} options={cfaOptions} onChoose={(cfa) => onChange({ ...draft, cfa })} />
        </div>
        <div className="geometry-field geometry-wide">
          <span>Packing</span>
          <Choice
            label="Packing"
            value={draft.packing}
            options={packingOptions}
            onChoose={(packing) => onChange({ ...draft, packing })}
          />
        </div>
      </div>
    </div>
  );
}
