import { useMemo } from 'react';
import type { ParameterDescription, ProcessorDescription } from '../../../preload/contract.ts';
import { SettingRow } from '../../controls/setting-row.tsx';
import { currentProcessor, parameterGroups, shownValue } from '../../store/selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { LoadTimeSection } from './load-time-section.tsx';
import { settingOfParameter } from './parameter-setting.ts';

/** Every parameter of the stream's processor, generated from its schema. */
export function ParametersPanel() {
  const processor = useLabState(currentProcessor);
  if (!processor) return <p className="panel-empty">No processor yet. Open a source to load one.</p>;
  return (
    <div className="panel-scroll">
      <header className="processor-head">
        <span className="processor-name">{processor.name}</span>
        <span className="processor-note">{processor.description}</span>
      </header>
      <RuntimeSection processor={processor} />
      <LoadTimeSection processor={processor} />
    </div>
  );
}

function RuntimeSection({ processor }: { processor: ProcessorDescription }) {
  const groups = useMemo(() => parameterGroups(processor, 'runtime'), [processor]);
  return groups.map(({ category, parameters }) => (
    <section key={category} className="group" aria-label={category}>
      <h3 className="group-title">{category}</h3>
      {parameters.map((parameter) => (
        <RuntimeRow key={parameter.name} processorId={processor.id} parameter={parameter} />
      ))}
    </section>
  ));
}

function RuntimeRow({ processorId, parameter }: { processorId: string; parameter: ParameterDescription }) {
  const { parameters } = useLab();
  const value = useLabState((state) => shownValue(state, processorId, parameter.name));
  return (
    <SettingRow
      setting={settingOfParameter(parameter, value, false)}
      listener={{
        change: (next) => parameters.change(processorId, parameter.name, next),
        commit: (origin) => parameters.commit(processorId, origin),
      }}
    />
  );
}
