import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react';
import { formatPercent } from '../../controls/format.ts';
import { Modal } from '../../controls/modal.tsx';
import type { SensorAnalysis } from '../../store/background-actions.ts';
import { activeAnalysis } from '../../store/selectors.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { subjects, verdicts } from './finding-words.ts';

const icons = { agrees: CircleCheck, differs: CircleAlert, undecided: CircleHelp } as const;

/** What the frames that were shown last tell of the sensor, each with what can be done about it. Nothing is changed here. */
export function AnalysisDialog() {
  const { page } = useLab();
  const analysis = usePageState((state) => state.analysis);
  const description =
    analysis === undefined || analysis === 'running'
      ? 'Looking at the frames that were shown last, behind the live picture. You may close this: a notice tells when it is done.'
      : `What ${framesText(analysis)} told of the sensor. Nothing was changed.`;
  return (
    <Modal
      open={analysis !== undefined}
      onClose={() => page.setState({ analysis: undefined })}
      title="Sensor analysis"
      description={description}
    >
      {analysis === 'running' && <Progress />}
      {analysis !== undefined && analysis !== 'running' && <Findings findings={analysis.findings} />}
    </Modal>
  );
}

/** How far the analysis is, and the way out of it. */
function Progress() {
  const { actions } = useLab();
  const progress = useLabState(activeAnalysis)?.progress ?? 0;
  return (
    <div className="analysis-progress">
      <progress value={progress} max={1} aria-label="Analysed" />
      <span className="analysis-share" data-testid="analysis-share">
        {formatPercent(progress)}
      </span>
      <button type="button" className="button" data-testid="analysis-give-up" onClick={() => void actions.cancelAnalysis()}>
        Cancel
      </button>
    </div>
  );
}

function framesText({ sequences }: SensorAnalysis): string {
  const [first, last] = [sequences[0], sequences.at(-1)];
  return sequences.length === 1 ? `frame ${first}` : `${sequences.length} frames, ${first} to ${last},`;
}

function Findings({ findings }: Pick<SensorAnalysis, 'findings'>) {
  return (
    <dl className="findings" data-testid="findings">
      {findings.map(({ about, verdict, message, action }) => {
        const Icon = icons[verdict];
        return (
          <div key={about} className="finding" data-verdict={verdict} data-testid={`finding-${about}`}>
            <dt>
              <Icon size={13} aria-hidden />
              <span className="finding-subject">{subjects[about]}</span>
              <span className="finding-verdict">{verdicts[verdict]}</span>
            </dt>
            <dd>
              {message}
              {action !== undefined && <span className="finding-action">{action}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
