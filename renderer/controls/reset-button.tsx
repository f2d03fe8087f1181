import { RotateCcw } from 'lucide-react';

/** Sets one setting back to its default; out of sight while there is nothing to set back. */
export function ResetButton(props: { name: string; disabled: boolean; onReset: () => void }) {
  return (
    <button
      type="button"
      className="setting-reset"
      aria-label={`Reset ${props.name}`}
      disabled={props.disabled}
      onClick={props.onReset}
    >
      <RotateCcw size={11} aria-hidden />
    </button>
  );
}
