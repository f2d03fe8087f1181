import { z } from 'zod';
import { count, errorRecord, finite } from './basics.ts';
import { parameterValues, processorDescription, processorUsage } from './parameters.ts';

/** A processor of pictures that can be put into the chain now. Its `id` names the processor; entries of the chain have keys of their own. */
export const catalogueProcessor = processorDescription.extend({
  version: z.string(),
  docs: z.string().optional(),
  origin: z.enum(['built-in', 'package']),
  /** `graph`: neighbours run as one session. `call`: it runs between two sessions. */
  kind: z.enum(['graph', 'call']),
  /** JSON Schema of every parameter, by name. */
  schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** The package that it is from. */
  folder: z.string().optional(),
  /** Content hash of that package as it runs. */
  hash: z.string().optional(),
});
/** A processor of pictures that can be put into the chain now. */
export type CatalogueProcessor = z.infer<typeof catalogueProcessor>;

/** A package on disk, usable or not. */
export const processorPackage = z.object({
  folder: z.string(),
  /** Absent where its manifest cannot be read. */
  id: z.string().optional(),
  /** Of the content on disk: what `package.trust` is asked with. */
  hash: z.string().optional(),
  state: z.enum(['ready', 'untrusted', 'failed', 'disabled']),
  /** The content before this one runs on, because this one cannot be loaded or is not trusted yet. */
  isOutdated: z.boolean(),
  /** Of the user's own folder: only these can be removed from disk. */
  isOwn: z.boolean(),
  error: errorRecord.optional(),
  /** Rules that it breaks, and warnings. */
  findings: z.array(
    z.object({ level: z.enum(['error', 'warning']), rule: z.string(), field: z.string(), message: z.string(), fix: z.string() }),
  ),
});
/** A package on disk, usable or not. */
export type ProcessorPackage = z.infer<typeof processorPackage>;

/** Everything that the chain can be made of, and what it could be made of. */
export const processorCatalogue = z.object({
  processors: z.array(catalogueProcessor),
  packages: z.array(processorPackage),
  /** The user's own folder of packages; need not exist. */
  userFolder: z.string(),
  /** Folders that the user has added. */
  folders: z.array(z.string()),
});
/** Everything that the chain can be made of. */
export type ProcessorCatalogue = z.infer<typeof processorCatalogue>;

/** A text that a processor is to follow, and how strongly against the others. */
export const prompt = z.object({ text: z.string().max(2000), weight: z.number().min(0).max(100) });
/** A text that a processor is to follow; weights are at least 0. */
export type ChainPrompt = z.infer<typeof prompt>;

/** What an entry of the chain does at the moment. */
export const chainEntryStates = [
  /** Works on every frame, or will as soon as something streams. */
  'running',
  /** Switched off by the user, or another one is soloed. */
  'bypassed',
  /** Failed ten times in a row: frames pass it by until it is resumed, changed or loaded anew. */
  'suspended',
  /** Cannot be built for what streams; the reason says why. */
  'failed',
  /** Its package's code is not trusted yet, and nothing of it ran before. */
  'waiting-for-trust',
  /** There is no such processor now: its package is gone, switched off or broken. */
  'missing',
] as const;

/** A processor at its place in the chain. */
export const chainEntry = z.object({
  /** Names the entry in all calls, in parameter calls as `processorId`; unique in the chain and the same after a restart. */
  key: z.string(),
  processorId: z.string(),
  /** Of the processor, with a number where it stands in the chain more than once. */
  name: z.string(),
  /** Before the ISP on the mosaic, or behind it on pictures: `main` before `postprocessor`. */
  place: processorUsage,
  bypass: z.boolean(),
  /** While any entry is soloed, only those that are run. */
  solo: z.boolean(),
  state: z.enum(chainEntryStates),
  reason: errorRecord.optional(),
  kind: z.enum(['graph', 'call']).optional(),
  /** Frames that it sees. At the start of a stream, and after a change of the chain, the first frame stands in for earlier ones. */
  inputSize: z.int().optional(),
  supportsPrompts: z.boolean(),
  prompts: z.array(prompt),
  /** Hash of what runs; entries that share a session have the same. Absent while nothing streams. */
  modelHash: z.string().optional(),
});
/** A processor at its place in the chain. */
export type ChainEntry = z.infer<typeof chainEntry>;

/** The chain around the ISP, in the order in which frames go through it. */
export const chainState = z.object({
  /** Counts up with every change of order, bypass, solo, prompts or processors. */
  revision: count,
  /**
   * Counts up with everything that is said of the chain, and so with what came of a revision too: what has a lower number is older. From 1
   * with every start of the lab.
   */
  stateNumber: count,
  entries: z.array(chainEntry),
  /** A changed chain is being built beside the one that runs. */
  isBuilding: z.boolean(),
});
/** The chain around the ISP. */
export type ChainState = z.infer<typeof chainState>;

/** What an entry cost and how often it failed, since the stream started. */
export const chainMeasurement = z.object({
  key: z.string(),
  frames: count,
  failures: count,
  lastError: errorRecord.optional(),
  /** Frames since the last failure; absent where there was none. */
  goodFrames: count.optional(),
  /** Of the session that it runs in, milliseconds, over the last frames; absent until one has run. */
  millis: z.object({ median: finite, p99: finite }).optional(),
  /** Entries that share this time, because they are one session: 1 where the time is its own. */
  sharedBy: z.int(),
  /**
   * Its part of the shared median, milliseconds: reckoned, not measured, by what it and its neighbours took alone (`chain.comparisons`).
   * Absent where the time is its own, and until they have been compared.
   */
  shareMillis: finite.optional(),
});
/** What an entry of the chain cost and how often it failed. */
export type ChainMeasurement = z.infer<typeof chainMeasurement>;

/**
 * Entries that share one session against the same entries with a session each: run by turns on synthetic frames of the stream's size, cut
 * as the stream cuts them, on a thread beside it. Times are milliseconds of one core for a frame: those for which others run are not in
 * them, but caches and memory are shared, so that they are somewhat longer while the machine is busy. A live frame is shared by all cores
 * and takes less. Not compared while a session is recorded.
 */
export const chainComparison = z.object({
  /** In the order of the chain; two or more. */
  keys: z.array(z.string()),
  /** Of the session that they share. */
  modelHash: z.string(),
  /** Absent until it is known, and where it cannot be. */
  measured: z
    .object({
      togetherMillis: finite,
      /** One after the other; the median of the turns' sums. */
      oneByOneMillis: finite,
      /** Each alone, in the order of the keys. */
      aloneMillis: z.array(finite),
      /** Turns that these are medians of. */
      turns: z.int(),
    })
    .optional(),
  /** Why they cannot be compared. */
  failure: errorRecord.optional(),
});
/** Entries that share one session against the same with a session each. */
export type ChainComparison = z.infer<typeof chainComparison>;

/** Values of a processor's parameters under a name of the user's. */
export const preset = z.object({ name: z.string(), processorId: z.string(), values: parameterValues, savedAt: z.iso.datetime() });
/** Values of a processor's parameters under a name of the user's. */
export type Preset = z.infer<typeof preset>;

const nothing = z.object({});
const keyOnly = z.object({ key: z.string() });
const folderOnly = z.object({ folder: z.string() });
const presetName = z.string().trim().min(1).max(100);
const presetOf = z.object({ processorId: z.string(), name: presetName });
const wantedEntry = z.object({
  /** Of an entry that stays; a new one gets a key. */
  key: z.string().optional(),
  processorId: z.string(),
  place: processorUsage,
  bypass: z.boolean().default(false),
  solo: z.boolean().default(false),
});

/** Calls about processors of pictures, the chain and presets. Those that change the chain resolve when the change has been accepted. */
export const chainCalls = {
  'catalogue.get': { request: nothing, response: processorCatalogue },
  /** Reads all folders again; the lab does so by itself when something changes there. */
  'catalogue.refresh': { request: nothing, response: processorCatalogue },
  'catalogue.setFolder': { request: z.object({ folder: z.string(), included: z.boolean() }), response: processorCatalogue },
  /** Trusts code as it is on disk now, which is `hash`; refused where it has changed since it was listed. */
  'package.trust': { request: z.object({ folder: z.string(), hash: z.string() }), response: processorCatalogue },
  'package.setDisabled': { request: z.object({ folder: z.string(), disabled: z.boolean() }), response: processorCatalogue },
  /** Deletes a package of the user's own folder from disk. */
  'package.remove': { request: folderOnly, response: processorCatalogue },
  'chain.get': { request: nothing, response: chainState },
  /** The whole chain anew. Entries are put in order of their places; within a place they keep the order given. */
  'chain.set': { request: z.object({ entries: z.array(wantedEntry).max(64) }), response: chainState },
  /**
   * `index` counts within the place; without it the entry comes last there. Without a place it gets the last one that its usage allows.
   * `key` is that of an entry which was taken out and comes back; refused where another one has it by now.
   */
  'chain.add': {
    request: z.object({
      processorId: z.string(),
      place: processorUsage.optional(),
      index: count.optional(),
      key: z.string().optional(),
    }),
    response: chainState,
  },
  'chain.move': { request: z.object({ key: z.string(), place: processorUsage.optional(), index: count }), response: chainState },
  'chain.remove': { request: keyOnly, response: chainState },
  'chain.setBypass': { request: z.object({ key: z.string(), bypass: z.boolean() }), response: chainState },
  'chain.setSolo': { request: z.object({ key: z.string(), solo: z.boolean() }), response: chainState },
  /** Gives a suspended or failed entry another chance. */
  'chain.resume': { request: keyOnly, response: chainState },
  'chain.setPrompts': { request: z.object({ key: z.string(), prompts: z.array(prompt).max(16) }), response: chainState },
  'chain.measurements': { request: nothing, response: z.array(chainMeasurement) },
  /** Of every session that entries share now; empty while nothing streams. */
  'chain.comparisons': { request: nothing, response: z.array(chainComparison) },
  /** Presets of the processor behind an entry's key or a stage's id: those of one serve every entry of it. */
  'preset.list': { request: z.object({ processorId: z.string() }), response: z.array(preset) },
  /** Keeps the current values; a preset of the same name is replaced. */
  'preset.save': { request: presetOf, response: z.array(preset) },
  /** Sets the values, those of load-time parameters by building anew; what the processor no longer has is left out. */
  'preset.apply': { request: presetOf, response: z.array(preset) },
  /** A preset that has the new name already is replaced. */
  'preset.rename': { request: presetOf.extend({ newName: presetName }), response: z.array(preset) },
  'preset.delete': { request: presetOf, response: z.array(preset) },
} as const;

/** Announcements about processors of pictures and the chain. */
export const chainEvents = {
  'catalogue.changed': processorCatalogue,
  'chain.changed': chainState,
  /** The first frame that was made by this revision of the chain. */
  'chain.applied': z.object({ revision: count, frameId: count, sequence: count }),
  /** About once a second while something streams through a chain. */
  'chain.measured': z.array(chainMeasurement),
  /** What `chain.comparisons` answers has changed. */
  'chain.compared': z.array(chainComparison),
  /** What `processor.list` answers has changed: entries of the chain have come, gone or been loaded anew. */
  'processor.listed': z.array(processorDescription),
} as const;
