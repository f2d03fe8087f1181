import { Popover } from 'radix-ui';
import { formatBytes, formatCount } from '../controls/format.ts';
import { Tip } from '../controls/tip.tsx';
import { useLabState } from '../panels/panel-context.ts';

/** Frame slots in use; a click shows who holds how much, and who had to give something up. */
export function MemoryStatus() {
  const status = useLabState((state) => state.status);
  return (
    <Popover.Root>
      <Tip text="Frame slots in use, of all. Click for frame memory by who holds it">
        <Popover.Trigger className="status-item status-button">
          <span className="status-label">Slots</span>
          <span className="status-value" data-testid="status-slots">
            {status ? `${status.slotsInUse} / ${status.slotsTotal}` : '–'}
          </span>
        </Popover.Trigger>
      </Tip>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" sideOffset={6} collisionPadding={8} aria-label="Frame memory by holder">
          <h3 className="group-title">Frame memory by holder</h3>
          {status === undefined && <p className="panel-empty">Nothing measured yet.</p>}
          <table className="holders" hidden={status === undefined}>
            <thead>
              <tr>
                <th scope="col">Holder</th>
                <th scope="col">Holds</th>
                <th scope="col">Budget</th>
                <th scope="col">Given up</th>
                <th scope="col">Refused</th>
              </tr>
            </thead>
            <tbody>
              {status?.memory.map(({ consumer, bytes, budgetBytes, evictions, refusals }) => (
                <tr key={consumer} data-alert={refusals > 0 || undefined}>
                  <th scope="row">{consumer}</th>
                  <td data-testid={`memory-${consumer}`}>{formatBytes(bytes)}</td>
                  <td>{budgetBytes === undefined ? 'none' : formatBytes(budgetBytes)}</td>
                  <td>{formatCount(evictions)}</td>
                  <td>{formatCount(refusals)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
