import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { NumberEntry } from './number-entry.tsx';
import type { NumberRange } from './number-text.ts';

/** Width and height in one line, with a menu of usual sizes. `label` is spoken. */
export function ResolutionControl(props: {
  label: string;
  width: number | undefined;
  height: number | undefined;
  widthRange: NumberRange;
  heightRange: NumberRange;
  offered: readonly { readonly width: number; readonly height: number; readonly label: string }[];
  disabled: boolean;
  onSet: (size: { width?: number; height?: number }) => void;
}) {
  const { label, width, height, disabled, onSet } = props;
  const bare = { unit: undefined };
  return (
    <>
      <NumberEntry
        label={`Width, ${label}`}
        name="Width"
        value={width}
        range={{ ...props.widthRange, ...bare }}
        disabled={disabled}
        onCommit={(typed) => onSet({ width: typed })}
      />
      <span className="resolution-times" aria-hidden>
        ×
      </span>
      <NumberEntry
        label={`Height, ${label}`}
        name="Height"
        value={height}
        range={{ ...props.heightRange, ...bare }}
        disabled={disabled}
        onCommit={(typed) => onSet({ height: typed })}
      />
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className="icon-button" aria-label={`Usual sizes, ${label}`} disabled={disabled}>
          <ChevronDown size={12} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={2} collisionPadding={8}>
            {props.offered.map((size) => (
              <DropdownMenu.CheckboxItem
                key={size.label}
                className="menu-item"
                checked={size.width === width && size.height === height}
                onSelect={() => onSet({ width: size.width, height: size.height })}
              >
                <span className="menu-check">
                  <DropdownMenu.ItemIndicator>
                    <Check size={12} />
                  </DropdownMenu.ItemIndicator>
                </span>
                {size.label}
              </DropdownMenu.CheckboxItem>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </>
  );
}
