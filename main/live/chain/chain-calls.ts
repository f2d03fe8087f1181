import type { z } from 'zod';
import type { chainCalls } from '../../../preload/contract/chain.ts';
import type { CallRequest, CallResponse, ParameterValues, Preset, ProcessorCatalogue } from '../../../preload/contract.ts';
import type { PackageLibrary } from '../../processor/packages/package-library.ts';
import type { ProcessorDesk } from '../processor-desk.ts';
import { setValues } from '../set-values.ts';
import type { Catalogue } from './catalogue.ts';
import type { ChainDesk } from './chain-desk.ts';
import type { Presets } from './presets.ts';
import type { StreamChain } from './stream-chain.ts';

type ChainCall = keyof typeof chainCalls;
type Handlers = {
  readonly [N in ChainCall]: (request: z.output<(typeof chainCalls)[N]['request']>) => CallResponse<N> | Promise<CallResponse<N>>;
};

/** What the calls of the contract about the chain go to. */
export interface ChainCallParts {
  readonly catalogue: Catalogue;
  readonly library: PackageLibrary;
  readonly chain: ChainDesk;
  readonly processors: ProcessorDesk;
  readonly presets: Presets;
  readonly streamChain: Pick<StreamChain, 'measurements' | 'comparisons'>;
  applyLoadTime(processorId: string, values: ParameterValues): Promise<unknown>;
}

/** The handlers of every call about processors of pictures, the chain and presets. */
export function chainHandlers(parts: ChainCallParts): Handlers {
  const { catalogue, library, chain } = parts;
  const afterwards = async (change: Promise<void>): Promise<ProcessorCatalogue> => {
    await change;
    return catalogue.describe();
  };
  return {
    'catalogue.get': () => catalogue.describe(),
    'catalogue.refresh': () => afterwards(library.refresh()),
    'catalogue.setFolder': ({ folder, included }) => afterwards(library.setFolder(folder, included)),
    'package.trust': ({ folder, hash }) => afterwards(library.trust(folder, hash)),
    'package.setDisabled': ({ folder, disabled }) => afterwards(library.setDisabled(folder, disabled)),
    'package.remove': ({ folder }) => afterwards(library.remove(folder)),
    'chain.get': () => chain.state,
    'chain.set': ({ entries }) => chain.replace(entries),
    'chain.add': ({ processorId, ...at }) => chain.add(processorId, at),
    'chain.move': ({ key, ...to }) => chain.move(key, to),
    'chain.remove': ({ key }) => chain.remove(key),
    'chain.setBypass': ({ key, bypass }) => chain.change(key, { bypass }),
    'chain.setSolo': ({ key, solo }) => chain.change(key, { solo }),
    'chain.resume': ({ key }) => chain.resume(key),
    'chain.setPrompts': ({ key, prompts }) => chain.setPrompts(key, prompts),
    'chain.measurements': () => parts.streamChain.measurements(),
    'chain.comparisons': () => parts.streamChain.comparisons.comparisons,
    ...presetHandlers(parts),
  };
}

type PresetCall = Extract<ChainCall, `preset.${string}`>;

function presetHandlers({ chain, processors, presets, applyLoadTime }: ChainCallParts): Pick<Handlers, PresetCall> {
  const listOf = (key: string): Preset[] => presets.of(chain.processorIdOf(key));
  return {
    'preset.list': ({ processorId }) => listOf(processorId),
    'preset.save': ({ processorId, name }: CallRequest<'preset.save'>) => {
      presets.keep(chain.processorIdOf(processorId), name, processors.parametersOf(processorId).current.values);
      return listOf(processorId);
    },
    'preset.apply': async ({ processorId, name }) => {
      const store = processors.parametersOf(processorId);
      const values = store.fitting(presets.valuesOf(chain.processorIdOf(processorId), name));
      await setValues(store, values, applyLoadTime);
      return listOf(processorId);
    },
    'preset.rename': ({ processorId, name, newName }) => {
      const id = chain.processorIdOf(processorId);
      presets.keep(id, newName, presets.valuesOf(id, name));
      if (newName !== name) presets.delete(id, name);
      return listOf(processorId);
    },
    'preset.delete': ({ processorId, name }) => {
      presets.delete(chain.processorIdOf(processorId), name);
      return listOf(processorId);
    },
  };
}
