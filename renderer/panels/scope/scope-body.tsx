import { useMemo } from 'react';
import type { ParameterDescription, ScopePanel } from '../../../preload/contract.ts';
import { actingAtOnce, scopeTargets } from '../../store/scope-selectors.ts';
import { parameterGroups } from '../../store/selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { ParameterRows } from '../parameters/parameter-row.tsx';
import { RuntimeSection } from '../parameters/runtime-section.tsx';

/** Everything below the head of an imported pipeline: its parameters, what was not taken over, and its counterparts in the lab. */
export function ScopeBody({ panel }: { panel: ScopePanel }) {
  return (
    <>
      <RuntimeSection processor={panel.processor} />
      <LoadTimeGroups panel={panel} />
      <FixedRows panel={panel} />
      <Skipped panel={panel} />
      <Counterparts panel={panel} />
    </>
  );
}

function useLoadTime({ processor, fixed }: ScopePanel, wanted: 'open' | 'fixed'): ParameterDescription[] {
  return useMemo(() => {
    const loadTime = parameterGroups(processor, 'load-time').flatMap(({ parameters }) => parameters);
    return actingAtOnce(loadTime.filter(({ name }) => fixed.includes(name) === (wanted === 'fixed')));
  }, [processor, fixed, wanted]);
}

function LoadTimeGroups({ panel }: { panel: ScopePanel }) {
  const parameters = useLoadTime(panel, 'open');
  if (parameters.length === 0) return null;
  return (
    <section className="load-time" aria-label="Load-time settings">
      <h3 className="group-title">Load-time settings</h3>
      <p className="scope-note">Scope reads these when it loads the pipeline.</p>
      <ParameterRows processorId={panel.processor.id} parameters={parameters} locked={false} />
    </section>
  );
}

function FixedRows({ panel }: { panel: ScopePanel }) {
  const parameters = useLoadTime(panel, 'fixed');
  if (parameters.length === 0) return null;
  return (
    <section className="load-time" aria-label="Fixed at export" data-locked>
      <h3 className="group-title">Fixed at export</h3>
      <p className="scope-note">Part of its model: another value needs another export.</p>
      <ParameterRows processorId={panel.processor.id} parameters={parameters} locked />
    </section>
  );
}

function Skipped({ panel: { skipped } }: { panel: ScopePanel }) {
  if (skipped.length === 0) return null;
  return (
    <section className="load-time" aria-label="Not taken over">
      <h3 className="group-title">Not taken over</h3>
      <dl className="scope-skipped">
        {skipped.map(({ name, reason }) => (
          <div key={name} className="scope-skipped-line">
            <dt>{name}</dt>
            <dd>{reason}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Where the pipeline was exported from in this lab, values go over and come back. */
function Counterparts({ panel }: { panel: ScopePanel }) {
  const { scope } = useLab();
  const processors = useLabState((state) => state.processors);
  const chain = useLabState((state) => state.chain);
  const targets = useMemo(() => scopeTargets(panel, { processors, chain }), [panel, processors, chain]);
  return (
    <section className="load-time" aria-label="In this lab">
      <h3 className="group-title">In this lab</h3>
      {targets.length === 0 && <NoCounterpart panel={panel} />}
      {targets.map((target) => (
        <div key={target.id} className="scope-target" data-testid={`scope-target-${target.id}`}>
          <span className="scope-target-name">{target.name}</span>
          <button
            type="button"
            className="button button-small"
            aria-label={`Apply these values to ${target.name}`}
            onClick={() => void scope.exchange(panel, target, 'apply')}
          >
            Apply to it
          </button>
          <button
            type="button"
            className="button button-small"
            aria-label={`Take the values of ${target.name}`}
            onClick={() => void scope.exchange(panel, target, 'take')}
          >
            Take from it
          </button>
        </div>
      ))}
    </section>
  );
}

function NoCounterpart({ panel: { exportedFrom, processor } }: { panel: ScopePanel }) {
  const { chain, page } = useLab();
  const known = useLabState((state) => state.catalogue?.processors.find(({ id }) => id === exportedFrom)?.name);
  if (known === undefined) {
    const what = exportedFrom === '' ? 'The schema names no pipeline' : `No processor of this lab has the id ${exportedFrom}`;
    return <p className="scope-note">{what}, so there is nothing to hand values to.</p>;
  }

  async function add() {
    await chain.add(exportedFrom);
    // The new entry is shown by itself; the panel is what its values are to come from.
    page.setState({ shownProcessor: processor.id });
  }

  return (
    <div className="scope-target">
      <span className="scope-target-name">{known} is not in the chain.</span>
      <button type="button" className="button button-small" data-testid="scope-add" onClick={() => void add()}>
        Add it
      </button>
    </div>
  );
}
