import { Popover } from 'radix-ui';
import type { Rgb8 } from './colour-text.ts';
import { colourText, parseColour } from './colour-text.ts';
import type { SettingListener } from './setting.ts';
import { SliderWithEntry } from './slider-with-entry.tsx';
import { TypedEntry } from './typed-entry.tsx';

const channels = ['Red', 'Green', 'Blue'] as const;
const range = { minimum: 0, maximum: 255, step: 1, integer: true } as const;

/** A colour as text, with a swatch that opens its three code values as sliders. */
export function ColourControl(props: {
  label: string;
  name: string;
  text: string;
  /** Stands in the field where there is no text. */
  empty?: string | undefined;
  disabled: boolean;
  listener: SettingListener;
}) {
  const { label, name, text, disabled, listener } = props;
  const read = parseColour(text, name);
  const colour: Rgb8 = read.ok ? read.value : [0, 0, 0];
  const hexadecimal = read.ok ? colourText(colour) : '';

  function change(channel: number, value: number) {
    listener.change(colourText(colour.with(channel, value) as unknown as Rgb8));
  }

  return (
    <>
      <Popover.Root>
        <Popover.Trigger
          className="swatch"
          aria-label={`Mix ${label}`}
          disabled={disabled}
          style={{ background: hexadecimal || 'none' }}
        />
        <Popover.Portal>
          <Popover.Content className="popover colour-popover" align="end" sideOffset={4} collisionPadding={8}>
            <div className="colour-large" style={{ background: hexadecimal }} aria-hidden />
            {channels.map((channel, index) => (
              <div key={channel} className="colour-channel">
                <span className="setting-label">{channel}</span>
                <SliderWithEntry
                  label={`${channel}, ${label}`}
                  name={channel}
                  value={colour[index]}
                  defaultValue={0}
                  range={range}
                  disabled={disabled}
                  listener={{ change: (value) => change(index, value), commit: (origin) => listener.commit(origin) }}
                />
              </div>
            ))}
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <TypedEntry
        label={label}
        text={text}
        parse={(typed) => parseColour(typed, name)}
        kind="text"
        empty={props.empty}
        disabled={disabled}
        onCommit={(typed) => {
          listener.change(colourText(typed));
          listener.commit('gesture');
        }}
      />
    </>
  );
}
