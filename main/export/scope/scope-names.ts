import { InputError } from '../../base/errors.ts';
import type { ScopeSource } from './scope-source.ts';

/** Pipelines that Scope brings itself, and loads in a way of their own whatever a plug-in registers. */
const scopePipelines = new Set([
  'base',
  'controller-viz',
  'gray',
  'krea-realtime-video',
  'longlive',
  'memflow',
  'optical-flow',
  'passthrough',
  'reward-forcing',
  'rife',
  'scribble',
  'streamdiffusionv2',
  'video-depth-anything',
]);

/** Settings that every configuration of Scope has, and values that it hands over with every call or at loading. */
const scopeSettings = new Set([
  'base_seed',
  'ctrl_input',
  'denoising_steps',
  'estimated_vram_gb',
  'init_cache',
  'input_mode',
  'input_size',
  'lora_merge_mode',
  'lora_merge_strategy',
  'lora_scales',
  'manage_cache',
  'min_dimension',
  'model_config',
  'noise_controller',
  'noise_scale',
  'ref_images',
  'reset_cache',
  'vace_context_scale',
  'vace_enabled',
  'vae_type',
  'video_timestamps',
]);

/** Beginnings of the names of methods and metadata of a configuration class; of pydantic's, only those that a model really has. */
const scopePrefixes =
  /^(default_|docs_|get_|is_video_|pipeline_|requires_|supports_|vace_input_|model_(computed|config|construct|copy|dump|extra|fields|json|parametrized|post|rebuild|validate))/;

/** Throws InputError for an id or a parameter that has another meaning in Scope, in one sentence with what to do. */
export function expectScopeNames({ id, runtime, open }: Pick<ScopeSource, 'id' | 'runtime' | 'open'>): void {
  if (scopePipelines.has(id)) {
    const message = `Expected an id that no pipeline of Scope has but received ${id}`;
    throw new InputError('export.id', message, 'Give the processor another id.');
  }
  const taken = [...runtime, ...open]
    .map(({ name }) => name)
    .filter((name) => scopeSettings.has(name) || scopePrefixes.test(name));
  if (taken.length === 0) return;
  const message = `Expected names of parameters that have no other meaning in Scope but ${id} has ${taken.join(', ')}`;
  throw new InputError('export.names', message, 'Rename them in the processor.');
}
