import { Bookmark, Check, Pencil, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { Preset, ProcessorDescription } from '../../../preload/contract.ts';
import { useLab, useLabState } from '../panel-context.ts';

const nonePresets: readonly Preset[] = [];

/** A processor's presets: applied by a click, kept under a name, renamed, deleted. */
export function PresetsMenu({ processor }: { processor: ProcessorDescription }) {
  const { presets } = useLab();
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) void presets.refresh(processor.id);
      }}
    >
      {/* Not a tip around it: two things that pop up would stand over each other. */}
      <Popover.Trigger className="icon-button" data-testid="presets" aria-label={`Presets of ${processor.name}`} title="Presets">
        <Bookmark size={13} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover presets" align="end" sideOffset={4} collisionPadding={8} data-modal role="dialog">
          <PresetList processorId={processor.id} name={processor.name} onApplied={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PresetList({ processorId, name, onApplied }: { processorId: string; name: string; onApplied: () => void }) {
  const known = useLabState((state) => state.presets[processorId]) ?? nonePresets;
  return (
    <>
      <h3 className="group-title">Presets of {name}</h3>
      {known.length === 0 && <p className="presets-empty">None yet. A preset keeps every value under a name.</p>}
      <ul className="preset-list" aria-label={`Presets of ${name}`}>
        {known.map((preset) => (
          <PresetRow key={preset.name} processorId={processorId} preset={preset} onApplied={onApplied} />
        ))}
      </ul>
      <SaveForm processorId={processorId} known={known} />
    </>
  );
}

function PresetRow({ processorId, preset, onApplied }: { processorId: string; preset: Preset; onApplied: () => void }) {
  const { presets } = useLab();
  const [renaming, setRenaming] = useState(false);

  async function apply() {
    await presets.apply(processorId, preset);
    onApplied();
  }

  if (renaming) return <RenameForm processorId={processorId} name={preset.name} onDone={() => setRenaming(false)} />;
  return (
    <li className="preset">
      <button type="button" className="preset-apply" aria-label={`Apply ${preset.name}`} onClick={() => void apply()}>
        {preset.name}
      </button>
      <button type="button" className="icon-button" aria-label={`Rename ${preset.name}`} onClick={() => setRenaming(true)}>
        <Pencil size={11} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Delete ${preset.name}`}
        onClick={() => void presets.delete(processorId, preset.name)}
      >
        <Trash2 size={11} aria-hidden />
      </button>
    </li>
  );
}

function RenameForm({ processorId, name, onDone }: { processorId: string; name: string; onDone: () => void }) {
  const { presets } = useLab();
  const known = useLabState((state) => state.presets[processorId]) ?? nonePresets;

  async function rename(newName: string) {
    if (newName === name || (await presets.rename(processorId, name, newName))) onDone();
  }

  return (
    <li className="preset">
      <NameForm
        label={`New name of ${name}`}
        initial={name}
        submit="Rename"
        note={(typed) => replacingNote(known, typed === name ? '' : typed)}
        onName={(typed) => void rename(typed)}
      />
    </li>
  );
}

function SaveForm({ processorId, known }: { processorId: string; known: readonly Preset[] }) {
  const { presets } = useLab();
  const [count, setCount] = useState(0);

  async function save(name: string) {
    // A form with an empty field once more, as soon as the lab has kept the values.
    if (await presets.save(processorId, name)) setCount((saved) => saved + 1);
  }

  return (
    <NameForm
      key={count}
      label="Name of a new preset"
      initial=""
      submit="Save"
      note={(name) => replacingNote(known, name)}
      onName={(name) => void save(name)}
    />
  );
}

function replacingNote(known: readonly Preset[], name: string): string | undefined {
  return known.some((preset) => preset.name === name) ? 'Replaces the one of that name.' : undefined;
}

function NameForm(props: {
  label: string;
  initial: string;
  submit: string;
  note?: (name: string) => string | undefined;
  onName: (name: string) => void;
}) {
  const [name, setName] = useState(props.initial);
  const trimmed = name.trim();
  const note = props.note?.(trimmed);

  function send(event: FormEvent) {
    event.preventDefault();
    if (trimmed !== '') props.onName(trimmed);
  }

  return (
    <form className="preset-form" onSubmit={send}>
      <input
        type="text"
        className="path-input"
        aria-label={props.label}
        placeholder={props.label}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button" disabled={trimmed === ''}>
        <Check size={11} aria-hidden />
        {props.submit}
      </button>
      {note && <p className="preset-note">{note}</p>}
    </form>
  );
}
