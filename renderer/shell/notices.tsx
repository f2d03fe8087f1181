import { Bell, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useLab, useLabState } from '../panels/panel-context.ts';
import type { Notice } from '../store/store.ts';
import { briefText } from './brief-text.ts';

/** At most this many lie over the window; the rest is in the list of the status bar. */
const shownAtOnce = 3;
/** Every notice leaves the window by itself; it stays in the list until it is dismissed. */
const shownMillis = 8_000;

/** The newest notices, in short, over the lower edge of the picture: whatever can be read or set stays free. */
export function NoticeStack() {
  const notices = useLabState((state) => state.notices);
  return (
    // Newest first: the stack grows upwards.
    <section className="notice-stack" aria-label="New notices" aria-live="polite">
      {notices
        .slice(-shownAtOnce)
        .toReversed()
        .map((notice) => (
          <PassingNotice key={notice.id} notice={notice} />
        ))}
    </section>
  );
}

function PassingNotice({ notice }: { notice: Notice }) {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), shownMillis);
    return () => clearTimeout(timer);
  }, []);
  return passed ? null : <NoticeLine notice={notice} brief />;
}

function NoticeLine({ notice, brief = false }: { notice: Notice; brief?: boolean }) {
  const { actions, copyText } = useLab();
  const { path } = notice;
  return (
    <div className="notice" data-level={notice.level} data-testid="notice">
      <div className="notice-text">
        <span className="notice-message">{brief ? briefText(notice.message) : notice.message}</span>
        {notice.action && !brief && <span className="notice-action">{notice.action}</span>}
      </div>
      {path !== undefined && (
        <button type="button" className="button button-small" onClick={() => void copyText(path)}>
          Copy path
        </button>
      )}
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => actions.dismissNotice(notice.id)}>
        <X size={12} aria-hidden />
      </button>
    </div>
  );
}

/** Every notice that was not dismissed, behind a count in the status bar. */
export function NoticeList() {
  const { actions } = useLab();
  const notices = useLabState((state) => state.notices);
  return (
    <Popover.Root>
      <Popover.Trigger className="status-item status-button notice-count" aria-label={`${notices.length} notices`}>
        <Bell size={11} aria-hidden />
        <span className="status-value">{notices.length}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="end" sideOffset={6} collisionPadding={8} aria-label="Notices">
          <header className="popover-head">
            <h3 className="group-title">Notices</h3>
            <button
              type="button"
              className="button button-small"
              disabled={notices.length === 0}
              onClick={actions.dismissAllNotices}
            >
              Dismiss all
            </button>
          </header>
          {notices.length === 0 && <p className="panel-empty">Nothing to tell.</p>}
          <div className="popover-scroll">
            {notices.toReversed().map((notice) => (
              <NoticeLine key={notice.id} notice={notice} />
            ))}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
