import { useState } from 'react';
import type { FileProbe, FolderListing } from '../../../preload/contract.ts';
import type { LabCallError } from '../../client/lab-client.ts';
import { labCallErrorFrom } from '../../client/lab-client.ts';
import { useLab } from '../panel-context.ts';
import type { GeometryDraft } from './geometry-entry.ts';
import { draftOf, emptyGeometry, geometryFrom } from './geometry-entry.ts';

/** Where the dialog stands: what was typed, what the lab found there, and the lab's last refusal. */
export interface OpenFileState {
  readonly path: string;
  readonly listing: FolderListing | undefined;
  readonly probe: FileProbe | undefined;
  readonly geometry: GeometryDraft;
  readonly error: Pick<LabCallError, 'message' | 'action'> | undefined;
  readonly busy: boolean;
}

/** The dialog's state and steps. Refusals of the lab are kept here and shown in place, not as notices. */
export function useOpenFile(onOpened: () => void) {
  const { client, actions } = useLab();
  const [state, setState] = useState<OpenFileState>({
    path: '',
    listing: undefined,
    probe: undefined,
    geometry: emptyGeometry,
    error: undefined,
    busy: false,
  });
  const change = (part: Partial<OpenFileState>) => setState((known) => ({ ...known, ...part }));

  async function attempt(step: () => Promise<void>) {
    change({ busy: true, error: undefined });
    try {
      await step();
    } catch (thrown) {
      change({ error: labCallErrorFrom(thrown) });
    } finally {
      change({ busy: false });
    }
  }

  return {
    state,
    setPath: (path: string) => change({ path, probe: undefined, error: undefined }),
    setGeometry: (geometry: GeometryDraft) => change({ geometry, error: undefined }),
    browse: (path: string) =>
      attempt(async () => change({ listing: await client.call('file.browse', { path }), probe: undefined })),
    probe: (path: string) =>
      attempt(async () => {
        change({ path, probe: undefined });
        const probe = await client.call('file.probe', { path });
        const known = probe.geometry ?? probe.suggestions[0];
        change({ probe, geometry: known ? draftOf(known) : emptyGeometry });
      }),
    open: () =>
      attempt(async () => {
        if (!state.probe) return;
        const read = geometryFrom(state.geometry);
        if (state.probe.geometry === undefined && !read.ok)
          return change({ error: { message: read.message, action: undefined } });
        await actions.openFile(state.probe.path, state.probe.geometry === undefined && read.ok ? read.geometry : undefined);
        onOpened();
      }),
  };
}
