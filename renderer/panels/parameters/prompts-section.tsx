import { Plus, X } from 'lucide-react';
import { useRef } from 'react';
import type { ChainPrompt } from '../../../preload/contract.ts';
import { formatPercent } from '../../controls/format.ts';
import { SliderWithEntry } from '../../controls/slider-with-entry.tsx';
import { TypedEntry } from '../../controls/typed-entry.tsx';
import { shownPrompts } from '../../store/selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';

/** As many as the contract takes. */
const mostPrompts = 16;
const mostCharacters = 2000;
const weightRange = { minimum: 0, maximum: 100, step: 1, integer: false } as const;
const fullWeight = 100;

/** The texts that an entry follows, each with its weight against the others. */
export function PromptsSection({ entryKey }: { entryKey: string }) {
  const { chain } = useLab();
  const prompts = useLabState((state) => shownPrompts(state, entryKey));
  const list = useRef<HTMLOListElement>(null);
  const total = prompts.reduce((sum, { weight }) => sum + weight, 0);

  function set(next: readonly ChainPrompt[]) {
    chain.changePrompts(entryKey, next);
    chain.commitPrompts(entryKey);
  }

  function add() {
    set([...prompts, { text: '', weight: fullWeight }]);
    // What is typed next is the prompt, and no shortcut.
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus());
  }

  return (
    <section className="group" aria-label="Prompts">
      <h3 className="group-title">
        Prompts
        <button
          type="button"
          className="button button-small load-time-unlock"
          aria-label="Add a prompt"
          disabled={prompts.length >= mostPrompts}
          onClick={add}
        >
          <Plus size={10} aria-hidden />
          Add
        </button>
      </h3>
      {prompts.length === 0 && <p className="prompts-empty">No prompts: the processor follows its parameters alone.</p>}
      <ol className="prompts" ref={list}>
        {prompts.map((prompt, index) => (
          <PromptRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is its place in the list
            key={index}
            number={index + 1}
            prompt={prompt}
            share={total > 0 ? prompt.weight / total : 0}
            onChange={(changed) => chain.changePrompts(entryKey, prompts.with(index, changed))}
            onCommit={(origin) => chain.commitPrompts(entryKey, origin)}
            onRemove={() => set(prompts.toSpliced(index, 1))}
          />
        ))}
      </ol>
    </section>
  );
}

function PromptRow(props: {
  number: number;
  prompt: ChainPrompt;
  share: number;
  onChange: (prompt: ChainPrompt) => void;
  onCommit: (origin: 'gesture' | 'keyboard') => void;
  onRemove: () => void;
}) {
  const { number, prompt, onChange, onCommit } = props;
  const name = `prompt ${number}`;
  return (
    <li className="prompt" data-testid={`prompt-${number}`}>
      <div className="prompt-line">
        <TypedEntry
          label={`Text of ${name}`}
          text={prompt.text}
          parse={parsePrompt}
          kind="text"
          empty="a word or a sentence"
          onCommit={(text) => {
            onChange({ ...prompt, text });
            onCommit('gesture');
          }}
        />
        <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={props.onRemove}>
          <X size={12} aria-hidden />
        </button>
      </div>
      <div className="prompt-line">
        <SliderWithEntry
          label={`Weight of ${name}`}
          name="Weight"
          value={prompt.weight}
          defaultValue={fullWeight}
          range={weightRange}
          disabled={false}
          listener={{ change: (weight) => onChange({ ...prompt, weight }), commit: onCommit }}
        />
        <output className="prompt-share" aria-label={`Share of ${name}`}>
          {formatPercent(props.share)}
        </output>
      </div>
    </li>
  );
}

function parsePrompt(text: string) {
  const trimmed = text.trim();
  if (trimmed.length <= mostCharacters) return { ok: true, value: trimmed } as const;
  const message = `Expected at most ${mostCharacters} characters for a prompt but received ${trimmed.length}`;
  return { ok: false, message } as const;
}
