import { Copy, FolderOpen, RotateCcw, Save, X } from 'lucide-react';
import type { ScopePanel } from '../../../preload/contract.ts';
import { Tip } from '../../controls/tip.tsx';
import { useLab } from '../panel-context.ts';

/** What an imported pipeline says of itself, and what can be done with its values. */
export function ScopeHead({ panel }: { panel: ScopePanel }) {
  const { processor, version, docs, pipelineId } = panel;
  const facts = [pipelineId, version && `version ${version}`, processor.usage.join(', ')].filter(Boolean).join(' · ');
  return (
    <>
      <span className="scope-facts" data-testid="scope-facts">
        Pipeline of Daydream Scope{facts && ` · ${facts}`}
      </span>
      {processor.description && <span className="processor-note">{processor.description}</span>}
      {docs !== undefined && <span className="scope-docs">{docs}</span>}
      <ValueActions panel={panel} />
    </>
  );
}

function ValueActions({ panel }: { panel: ScopePanel }) {
  const { scope, page } = useLab();
  return (
    <div className="scope-actions">
      <Tip text="Copy the values as JSON, as a user of Scope would send them">
        <button
          type="button"
          className="button button-small"
          data-testid="scope-copy"
          onClick={() => void scope.copyValues(panel)}
        >
          <Copy size={11} aria-hidden />
          Copy values
        </button>
      </Tip>
      <Tip text="Save the values as a JSON file among the lab's exports">
        <button
          type="button"
          className="button button-small"
          data-testid="scope-save"
          onClick={() => void scope.saveValues(panel)}
        >
          <Save size={11} aria-hidden />
          Save
        </button>
      </Tip>
      <Tip text="Load values from JSON">
        <button
          type="button"
          className="button button-small"
          data-testid="scope-load"
          onClick={() => page.setState({ scopeDialog: 'values' })}
        >
          <FolderOpen size={11} aria-hidden />
          Load…
        </button>
      </Tip>
      <Tip text="Every value back at its default">
        <button type="button" className="button button-small" data-testid="scope-reset" onClick={() => scope.resetAll(panel)}>
          <RotateCcw size={11} aria-hidden />
          Reset
        </button>
      </Tip>
    </div>
  );
}

/** Takes the panel away; the schema can be imported again. */
export function CloseScopeButton({ panel: { processor } }: { panel: ScopePanel }) {
  const { scope } = useLab();
  return (
    <Tip text="Close the imported pipeline">
      <button
        type="button"
        className="icon-button"
        data-testid="scope-close"
        aria-label={`Close ${processor.name}`}
        onClick={() => void scope.close(processor.id)}
      >
        <X size={13} aria-hidden />
      </button>
    </Tip>
  );
}
