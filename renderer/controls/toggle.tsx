import { Switch } from 'radix-ui';
import { useDescribedBy } from './explanation.ts';

/** On or off. */
export function Toggle(props: {
  label: string;
  value: boolean;
  disabled?: boolean | undefined;
  onChange: (value: boolean) => void;
}) {
  return (
    <Switch.Root
      className="toggle"
      aria-label={props.label}
      aria-describedby={useDescribedBy()}
      checked={props.value}
      disabled={props.disabled ?? false}
      onCheckedChange={props.onChange}
    >
      <Switch.Thumb className="toggle-thumb" />
    </Switch.Root>
  );
}
