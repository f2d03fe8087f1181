import { Code } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect, useRef } from 'react';
import type { ProcessorDescription } from '../../../preload/contract.ts';
import { Tip } from '../../controls/tip.tsx';
import { entryOf } from '../../store/chain-selectors.ts';
import { scopePanelOf } from '../../store/scope-selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { ScopeBody } from '../scope/scope-body.tsx';
import { CloseScopeButton, ScopeHead } from '../scope/scope-head.tsx';
import { LoadTimeSection } from './load-time-section.tsx';
import { PresetsMenu } from './presets-menu.tsx';
import { PromptsSection } from './prompts-section.tsx';
import { RuntimeSection } from './runtime-section.tsx';
import { SceneAdvice } from './scene-advice.tsx';

/** The processor that has something to say beside its parameters. */
const sceneProcessorId = 'slow-algo';

/** Every parameter of `processor`, generated from its schema, below the tabs of all `processors`. */
export function ProcessorView(props: {
  processors: readonly ProcessorDescription[];
  processor: ProcessorDescription;
  onShow: (processorId: string) => void;
}) {
  const { processors, processor, onShow } = props;
  const panel = useLabState((state) => scopePanelOf(state, processor.id));
  const scroller = useRef<HTMLDivElement>(null);
  // Every tab begins at its top, also one that comes by itself. In newer browsers scrolling gives a promise, which is no clean-up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab is what it depends on
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [processor.id]);
  return (
    <Tabs.Root ref={scroller} className="panel-scroll" value={processor.id} onValueChange={onShow}>
      <header className="processor-head">
        <ProcessorTabs processors={processors} chosen={processor.id} />
        <span className="processor-actions">
          {panel ? <CloseScopeButton panel={panel} /> : <ProcessorActions processor={processor} />}
        </span>
        <div className="processor-about">
          {panel ? <ScopeHead panel={panel} /> : <span className="processor-note">{processor.description}</span>}
        </div>
      </header>
      <Tabs.Content value={processor.id} tabIndex={-1}>
        {panel ? <ScopeBody key={processor.id} panel={panel} /> : <ProcessorBody processor={processor} />}
      </Tabs.Content>
    </Tabs.Root>
  );
}

function ProcessorActions({ processor }: { processor: ProcessorDescription }) {
  return (
    <>
      <CodeButton processor={processor} />
      <PresetsMenu key={processor.id} processor={processor} />
    </>
  );
}

function ProcessorBody({ processor }: { processor: ProcessorDescription }) {
  return (
    <>
      <PromptsOf processor={processor} />
      <RuntimeSection processor={processor} />
      {processor.id === sceneProcessorId && <SceneAdvice processorId={processor.id} />}
      <LoadTimeSection processor={processor} />
    </>
  );
}

/** One processor is a heading; several are tabs, which arrow keys move between, in one line that scrolls to the chosen one. */
function ProcessorTabs({ processors, chosen }: { processors: readonly ProcessorDescription[]; chosen: string }) {
  const [only, ...others] = processors;
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab and the number of tabs are what it depends on
  useEffect(() => {
    list.current?.querySelector('[data-state="active"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen, processors.length]);
  if (others.length === 0) return <span className="processor-name">{only?.name}</span>;
  return (
    <Tabs.List ref={list} className="processor-tabs" aria-label="Processors">
      {processors.map(({ id, name }) => (
        <Tabs.Trigger key={id} value={id} className="processor-tab" data-testid={`processor-${id}`}>
          {name}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  );
}

/** Prompts belong to an entry of the chain: a stage has none. */
function PromptsOf({ processor }: { processor: ProcessorDescription }) {
  const follows = useLabState((state) => entryOf(state.chain, processor.id)?.supportsPrompts === true);
  return follows ? <PromptsSection entryKey={processor.id} /> : null;
}

function CodeButton({ processor: { id, name } }: { processor: ProcessorDescription }) {
  const { page } = useLab();
  return (
    <Tip text="Code of the processor" keys="Shift+C">
      <button
        type="button"
        className="icon-button"
        data-testid="show-code"
        aria-label={`Code of ${name}`}
        onClick={() => page.setState({ codeOf: id })}
      >
        <Code size={13} aria-hidden />
      </button>
    </Tip>
  );
}
