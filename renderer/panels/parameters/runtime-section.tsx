import { useMemo } from 'react';
import type { ProcessorDescription } from '../../../preload/contract.ts';
import { parameterGroups } from '../../store/selectors.ts';
import { ParameterRows } from './parameter-row.tsx';

/** The runtime parameters of a processor, or of an imported pipeline, by category. */
export function RuntimeSection({ processor }: { processor: ProcessorDescription }) {
  const groups = useMemo(() => parameterGroups(processor, 'runtime'), [processor]);
  return groups.map(({ category, parameters }) => (
    <section key={category} className="group" aria-label={category}>
      <h3 className="group-title">{category}</h3>
      <ParameterRows processorId={processor.id} parameters={parameters} locked={false} />
    </section>
  ));
}
