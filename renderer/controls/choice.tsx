import { Check, ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import { useDescribedBy } from './explanation.ts';

/** One entry of a choice; `value` is what is told, `label` what is read. */
export interface ChoiceOption<V extends string | number> {
  readonly value: V;
  readonly label: string;
  readonly disabled?: boolean | undefined;
}

/** One of several, as a menu. Values may be numbers: the menu itself only knows their positions. */
export function Choice<V extends string | number>(props: {
  label: string;
  value: V | undefined;
  options: readonly ChoiceOption<V>[];
  disabled?: boolean | undefined;
  testId?: string | undefined;
  /** Stands there while nothing is chosen. */
  empty?: string | undefined;
  onChoose: (value: V) => void;
}) {
  const describedBy = useDescribedBy();
  const chosen = props.options.findIndex(({ value }) => value === props.value);
  return (
    <Select.Root
      value={chosen < 0 ? '' : String(chosen)}
      disabled={props.disabled ?? false}
      onValueChange={(position) => {
        const option = props.options[Number(position)];
        if (option) props.onChoose(option.value);
      }}
    >
      <Select.Trigger className="choice" aria-label={props.label} aria-describedby={describedBy} data-testid={props.testId}>
        <Select.Value placeholder={props.value === undefined ? (props.empty ?? '–') : String(props.value)} />
        <ChevronDown className="choice-icon" size={12} aria-hidden />
      </Select.Trigger>
      <Select.Portal>
        <Select.Content className="menu" position="popper" sideOffset={2} collisionPadding={8}>
          <Select.Viewport>
            {props.options.map((option, position) => (
              <Select.Item
                key={String(option.value)}
                value={String(position)}
                className="menu-item"
                disabled={option.disabled ?? false}
              >
                <span className="menu-check">
                  <Select.ItemIndicator>
                    <Check size={12} />
                  </Select.ItemIndicator>
                </span>
                <Select.ItemText>{option.label}</Select.ItemText>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
