import { ScopePanels } from '../../../main/export/scope/scope-panels.ts';
import type {
  CallName,
  CallRequest,
  CallResponse,
  EventName,
  EventPayload,
  JsonSource,
  ParameterState,
} from '../../../preload/contract.ts';

type ScopeCall = Extract<CallName, `scope.${string}`>;
type Handlers = { [N in ScopeCall]: (request: CallRequest<N>) => CallResponse<N> };

/** What the fake's imported pipelines need of the lab around them. */
export interface FakeScopeParts {
  announce<N extends EventName>(name: N, payload: EventPayload<N>): void;
  parametersOf(processorId: string): ParameterState;
  setParameters(processorId: string, values: ParameterState['values']): void;
}

/** What `get_schema_with_metadata` gives for a pipeline with every kind of field, two that the lab refuses, and one fixed at export. */
export const glowSchema = {
  id: 'unsharp-mask',
  name: 'Glow',
  description: 'Lets lights glow',
  version: '0.3.0',
  docs_url: 'https://example.org/glow',
  supported_modes: ['video'],
  default_mode: 'video',
  supports_prompts: false,
  usage: ['postprocessor'],
  config_schema: {
    camera_lab: {
      fixed: {
        unsharp_sigma: {
          type: 'number',
          default: 2.5,
          minimum: 0.3,
          maximum: 8,
          description: 'Standard deviation of the blur',
          ui: { order: 4, label: 'Radius', is_load_param: true },
          camera_lab: { category: 'Sharpening', name: 'Radius', unit: 'px', step: 0.1 },
        },
      },
    },
    properties: {
      height: { type: 'integer', default: 512 },
      unsharp_amount: {
        type: 'number',
        minimum: 0,
        maximum: 3,
        default: 0.6,
        description: 'How much of the detail is added',
        ui: { order: 1, label: 'Amount (%)', is_load_param: false, category: 'input' },
        camera_lab: { category: 'Glow', name: 'Amount', unit: '%', step: 0.03 },
      },
      glow_shape: {
        enum: ['round', 'star'],
        default: 'round',
        description: 'Form of a light',
        ui: { order: 2, is_load_param: false },
      },
      glow_on: { type: 'boolean', default: true, description: 'Off leaves the picture', ui: { order: 3, is_load_param: false } },
      glow_passes: { enum: [1, 2, 4], default: 2, description: 'Blurs', ui: { order: 5, label: 'Passes', is_load_param: true } },
      glow_seed: {
        anyOf: [{ type: 'number', minimum: 0, maximum: 9 }, { type: 'null' }],
        default: null,
        description: 'Where chance begins',
        ui: { order: 6, is_load_param: false },
      },
      constructor: { type: 'boolean', default: true, description: 'Builds', ui: { order: 7, is_load_param: false } },
      glow_loras: { type: 'string', default: null, ui: { order: 8, component: 'lora' } },
      glow_steps: { type: 'array', default: [], ui: { order: 9 } },
    },
  },
};

/** Imported pipelines of the fake lab: those of the real one, over values that are in memory. */
export class FakeScope {
  readonly panels = new ScopePanels();
  readonly handlers: Handlers;
  readonly #parts: FakeScopeParts;

  constructor(parts: FakeScopeParts) {
    this.#parts = parts;
    this.handlers = this.#makeHandlers();
    this.panels.changed.subscribe((list) => parts.announce('scope.changed', list));
    this.panels.parametersChanged.subscribe((state) => parts.announce('parameter.changed', state));
  }

  #makeHandlers(): Handlers {
    const { panels } = this;
    return {
      'scope.list': () => panels.list(),
      'scope.import': ({ from }) => panels.import(jsonFrom(from, glowSchema)),
      'scope.close': ({ processorId }) => {
        panels.close(processorId);
        return panels.list();
      },
      'scope.values': ({ processorId }) => ({ text: panels.valuesText(processorId) }),
      'scope.saveValues': () => ({ path: '/data/camera-lab/exports/unsharp-mask-values.json' }),
      'scope.setValues': ({ processorId, from }) => panels.setValues(processorId, jsonFrom(from, { unsharp_amount: 2 })),
      'scope.exchange': ({ processorId, with: other, direction }) => this.#exchange(processorId, other, direction),
    };
  }

  #exchange(processorId: string, other: string, direction: 'apply' | 'take'): CallResponse<'scope.exchange'> {
    const theirs = this.#parts.parametersOf(other).values;
    const own = this.panels.find(processorId)?.current.values ?? {};
    const shared = Object.keys(own).filter(
      (name) => Object.hasOwn(theirs, name) && (direction === 'apply' || name !== 'unsharp_sigma'),
    );
    const from = direction === 'apply' ? own : theirs;
    const values = Object.fromEntries(shared.map((name) => [name, from[name] as ParameterState['values'][string]]));
    if (direction === 'apply') this.#parts.setParameters(other, values);
    else this.panels.setValues(processorId, values);
    const left = Object.keys(own).filter((name) => !shared.includes(name));
    return { count: shared.length, left: left.map((name) => ({ name, reason: 'no such parameter' })) };
  }
}

/** Every file of the fake lab's machine holds the same. */
function jsonFrom(source: JsonSource, ofFile: unknown): unknown {
  if ('path' in source) return ofFile;
  try {
    return JSON.parse(source.text);
  } catch {
    throw new Error('Expected JSON but received the text');
  }
}
