import type { LabClient, LabEvent } from '../client/lab-client.ts';
import { isNewer } from './chain-reducers.ts';
import { reduceEvent, withParameters } from './reduce-event.ts';
import type { Report } from './report.ts';
import type { LabState, LabStore } from './store.ts';

/** What the background of a lab that was restarted is at. */
const noWork = { fusion: undefined, development: undefined, analysis: undefined } as const;

/** Everything about the chain. Which frame was the first of it is only announced. */
async function askChain(
  client: LabClient,
): Promise<Pick<LabState, 'catalogue' | 'chain' | 'chainApplied' | 'measurements' | 'comparisons'>> {
  const [catalogue, chain, measurements, comparisons] = await Promise.all([
    client.call('catalogue.get', {}),
    client.call('chain.get', {}),
    client.call('chain.measurements', {}),
    client.call('chain.comparisons', {}),
  ]);
  return { catalogue, chain, chainApplied: undefined, measurements, comparisons };
}

/**
 * Keeps the store at what the lab says: asks for everything on each connection, then follows the announcements. Returns
 * the function that stops it.
 */
export function followLab(client: LabClient, store: LabStore, report: Report): () => void {
  async function loadAll(): Promise<void> {
    const [lab, sources, stream, controls, processors, chain, scopePanels] = await Promise.all([
      client.call('lab.describe', {}),
      client.call('source.list', {}),
      client.call('stream.state', {}),
      client.call('control.list', {}),
      client.call('processor.list', {}),
      askChain(client),
      client.call('scope.list', {}),
    ]);
    // A restarted lab counts versions from the start again: what this page knew of the one before must not win.
    store.setState((before) => ({
      lab,
      sources,
      stream,
      controls,
      writtenControls: [],
      processors,
      scopePanels,
      parameters: {},
      applied: {},
      ...chain,
      // What was announced meanwhile may be newer than the answer.
      chain: isNewer(chain.chain, before.chain) ? chain.chain : before.chain,
      presets: {},
      ...noWork,
      advice: {},
    }));
    await loadParameters();
  }

  async function loadParameters(): Promise<void> {
    const { processors, scopePanels } = store.getState();
    const all = [...processors, ...scopePanels.map(({ processor }) => processor)];
    const states = await Promise.all(all.map(({ id }) => client.call('parameter.get', { processorId: id })));
    for (const parameters of states) store.setState((state) => withParameters(state, parameters));
  }

  /** Apart from the rest: a lab whose telemetry is unusable refuses this one call and does everything else. */
  async function loadSessions(): Promise<void> {
    const sessions = await client.call('session.list', {});
    store.setState({ sessions: [...sessions].sort((a, b) => b.id - a.id) });
  }

  async function loadSource(): Promise<void> {
    const [sources, controls] = await Promise.all([client.call('source.list', {}), client.call('control.list', {})]);
    store.setState({ sources, controls, controlEdits: {}, writtenControls: [] });
  }

  function take(event: LabEvent): void {
    const before = store.getState();
    store.setState(reduceEvent(before, event));
    if (event.name !== 'stream.state') return;
    if (event.payload.sourceId !== before.stream.sourceId) void report(loadSource);
    if (event.payload.processorId !== before.stream.processorId) void report(loadParameters);
  }

  return client.listen(take, (connection) => {
    store.setState({ connection });
    if (connection !== 'connected') return;
    // The lab may be another one by now, whose numbers begin anew: everything that it says is newer.
    store.setState(({ chain }) => ({ chain: { ...chain, stateNumber: 0 } }));
    void report(loadAll);
    void report(loadSessions);
  });
}
