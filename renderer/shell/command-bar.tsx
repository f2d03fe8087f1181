import { Circle, Play, Search, Snowflake, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { AppMenu } from '../commands/app-menu.tsx';
import type { CommandContext } from '../commands/command.ts';
import { commandNamed } from '../commands/registry.ts';
import { chordText } from '../commands/shortcuts.ts';
import { Tip } from '../controls/tip.tsx';
import { useLabState, usePageState } from '../panels/panel-context.ts';
import { streamRuns } from '../store/selectors.ts';
import { FusionStatus } from './fusion-status.tsx';
import { RecordingTime } from './recording-time.tsx';
import { SourceMenu } from './source-menu.tsx';

/** The slim bar on top. Every button is a command; the bar only gives it a place. */
export function CommandBar({ context }: { context: CommandContext }) {
  const running = useLabState(streamRuns);
  const recording = useLabState((state) => state.stream.recordingSessionId !== undefined);
  const view = usePageState((state) => state.view);
  return (
    <header className="command-bar" role="toolbar" aria-label="Commands">
      <AppMenu context={context} />
      <span className="app-name">Camera Lab</span>
      <SourceMenu context={context} />
      <div className="bar-group">
        <CommandButton id="stream.toggle" context={context} testId="play-toggle" pressed={running}>
          {running ? <Square size={13} aria-hidden /> : <Play size={13} aria-hidden />}
        </CommandButton>
        <CommandButton id="view.freeze" context={context} testId="freeze-toggle" pressed={view.frozen}>
          <Snowflake size={13} aria-hidden />
        </CommandButton>
        <CommandButton id="stream.record" context={context} testId="record-toggle" pressed={recording} className="record-button">
          <Circle size={11} fill="currentColor" aria-hidden />
          <RecordingTime />
        </CommandButton>
      </div>
      <FusionStatus context={context} />
      <div className="bar-group">
        <CommandButton id="view.zoomOut" context={context}>
          −
        </CommandButton>
        <output className="zoom-value" aria-label="Zoom">
          {view.zoomPercent} %
        </output>
        <CommandButton id="view.zoomIn" context={context}>
          +
        </CommandButton>
        <CommandButton id="view.fit" context={context} pressed={view.fitted}>
          Fit
        </CommandButton>
        <CommandButton id="view.oneToOne" context={context} pressed={!view.fitted && view.zoomPercent === 100}>
          1:1
        </CommandButton>
      </div>
      <button
        type="button"
        className="search-button"
        data-testid="open-palette"
        onClick={() => void commandNamed('window.palette').perform(context)}
      >
        <Search size={12} aria-hidden />
        <span className="search-text">Search commands</span>
        <kbd>Ctrl+K</kbd>
      </button>
    </header>
  );
}

function CommandButton(props: {
  id: string;
  context: CommandContext;
  children: ReactNode;
  testId?: string;
  pressed?: boolean;
  className?: string;
}) {
  const { context, pressed } = props;
  const command = commandNamed(props.id);
  // What the predicates of these buttons read; when it changes, the button asks its command again.
  useLabState((state) => state.stream);
  useLabState((state) => state.connection);
  usePageState((state) => state.view);
  const title = command.title(context);
  return (
    <Tip text={title} keys={command.keys[0] && chordText(command.keys[0])}>
      <button
        type="button"
        className={`bar-button ${props.className ?? ''}`}
        data-testid={props.testId}
        aria-label={title}
        aria-pressed={pressed}
        disabled={!command.predicate(context)}
        onClick={() => void command.perform(context)}
      >
        {props.children}
      </button>
    </Tip>
  );
}
