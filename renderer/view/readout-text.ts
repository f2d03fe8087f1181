import type { Readout } from './viewer-controller.ts';

/** The readout's words: padded with figure spaces, so that nothing moves while the cursor does. */
export interface ReadoutText {
  readonly position: string;
  readonly red: string;
  readonly green: string;
  readonly blue: string;
  /** CSS colour of the swatch. */
  readonly swatch: string;
  readonly frame: string;
}

const figureSpace = '\u2007';
/** As wide as a digit, unlike the other dashes. */
const figureDash = '\u2012';

/** The text of a readout; dashes where the cursor is over no pixel. */
export function readoutText({ frame, at, value }: Readout): ReadoutText {
  const pad = (number: number | undefined, digits: number) =>
    (number === undefined ? figureDash : String(number)).padStart(digits, figureSpace);
  const header = frame?.header;
  return {
    position: `x ${pad(at?.x, 4)}  y ${pad(at?.y, 4)}`,
    red: pad(value?.[0], 3),
    green: pad(value?.[1], 3),
    blue: pad(value?.[2], 3),
    swatch: value ? `rgb(${value[0]} ${value[1]} ${value[2]})` : 'transparent',
    frame: header ? `${header.width} × ${header.height} · frame ${header.frameId} · v${header.parameterVersion}` : '',
  };
}

/** The pixel under the cursor as one line for the clipboard, or undefined where there is none. */
export function pixelClipboardText({ frame, at, value }: Readout): string | undefined {
  if (!frame || !at || !value) return undefined;
  return `x ${at.x} y ${at.y} R ${value[0]} G ${value[1]} B ${value[2]} (frame ${frame.header.frameId}, sequence ${frame.header.sequence})`;
}
