import type { z } from 'zod';
import type { scopeCalls } from '../preload/contract/scope.ts';
import type { CallResponse, EventName, EventPayload, ParameterValues } from '../preload/contract.ts';
import { putInFolder } from './base/free-path.ts';
import { writeNew } from './base/write-whole.ts';
import { scopeJson } from './export/scope/scope-json.ts';
import type { ScopePanels } from './export/scope/scope-panels.ts';
import type { ProcessorDesk } from './live/processor-desk.ts';
import { setValues } from './live/set-values.ts';

type ScopeCall = keyof typeof scopeCalls;
type Handlers = {
  readonly [N in ScopeCall]: (request: z.output<(typeof scopeCalls)[N]['request']>) => CallResponse<N> | Promise<CallResponse<N>>;
};

/** What the calls of the contract about imported pipelines of Scope go to. */
export interface LabScopeParts {
  readonly panels: ScopePanels;
  readonly processors: ProcessorDesk;
  readonly exportsFolder: string;
  applyLoadTime(processorId: string, values: ParameterValues): Promise<unknown>;
}

/** The handlers of the calls about imported pipelines of Scope. */
export function scopeHandlers({ panels, processors, exportsFolder, applyLoadTime }: LabScopeParts): Handlers {
  return {
    'scope.list': () => panels.list(),
    'scope.import': async ({ from }) => panels.import(await scopeJson(from)),
    'scope.close': ({ processorId }) => {
      panels.close(processorId);
      return panels.list();
    },
    'scope.values': ({ processorId }) => ({ text: panels.valuesText(processorId) }),
    'scope.saveValues': async ({ processorId }) => {
      const text = panels.valuesText(processorId);
      const name = `${fileName(processorId)}-values`;
      return { path: await putInFolder(exportsFolder, name, '.json', (free) => writeNew(free, text)) };
    },
    'scope.setValues': async ({ processorId, from }) => panels.setValues(processorId, await scopeJson(from)),
    'scope.exchange': async ({ processorId, with: other, direction }) => {
      const store = processors.parametersOf(other);
      if (direction === 'apply') {
        const { values, left } = panels.handedTo(processorId, store);
        return { count: await setValues(store, values, applyLoadTime), left: [...left] };
      }
      const { values, left } = panels.takenFrom(processorId, store);
      panels.setValues(processorId, values);
      return { count: Object.keys(values).length, left: [...left] };
    },
  };
}

/** Tells the shells of imported pipelines and their values. */
export function announceScope(
  panels: ScopePanels,
  announce: <N extends EventName>(name: N, payload: EventPayload<N>) => void,
): void {
  panels.changed.subscribe((list) => announce('scope.changed', list));
  panels.parametersChanged.subscribe((state) => announce('parameter.changed', state));
}

/** What a pipeline's id leaves of a file's name: it comes from outside. */
function fileName(processorId: string): string {
  const words = processorId.replace(/^scope:/, '').match(/[A-Za-z0-9_]+/g) ?? ['pipeline'];
  return words.join('-').slice(0, 64);
}
