import { listSources } from '../../camera/catalogue.ts';
import { type CommandOutput, listingText } from './output.ts';

/** `lab devices`: every source, with the reason where one cannot be opened. */
export async function runDevices({ json }: { readonly json?: boolean }, output: CommandOutput): Promise<void> {
  const sources = await listSources();
  if (json) return output.result(JSON.stringify(sources, null, 2));
  const rows = sources.map(({ id, name, available, detail, reason }) => ({
    id,
    name,
    state: available ? 'ready' : 'unavailable',
    detail: reason ?? detail,
  }));
  output.result(listingText(rows, { emptyText: 'No source was found.' }));
}
