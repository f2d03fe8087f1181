/** Numbers of the kernel's controls that say how long a frame is exposed (`v4l2-controls.h`). */
const exposureAbsolute = 0x009a0902;
const exposureLines = 0x00980911;
const verticalBlanking = 0x009e0901;
const horizontalBlanking = 0x009e0902;
const pixelRate = 0x009f0902;

const nsPerAbsoluteUnit = 100_000;
const defaultWatchdogMillis = 1000;
/** A device that is silent for longer than this is worth a word, as long as it is not told to expose that long. */
const longestIdleWatchdogMillis = 10_000;
/** The most that the addon takes. */
const longestWatchdogMillis = 3_600_000;

/** Values and limits by the kernel's numbers; undefined for what a device does not have. */
export interface ExposureControls {
  numberOf(numericId: number): number | undefined;
  maximumOf(numericId: number): number | undefined;
}

interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** How long a frame is exposed, nanoseconds, where the device's controls say it in units of time or of lines. */
export function exposureNs(controls: ExposureControls, { width }: Pick<FrameShape, 'width'>): number | undefined {
  const absolute = controls.numberOf(exposureAbsolute);
  if (absolute !== undefined) return absolute * nsPerAbsoluteUnit;
  const lines = controls.numberOf(exposureLines);
  const lineNs = lineNsOf(controls, width);
  return lines === undefined || lineNs === undefined ? undefined : lines * lineNs;
}

/**
 * How long a stream may be silent, milliseconds: five frame intervals, at least a second; up to ten seconds where the controls
 * allow exposures that need it, since another program may set them at any time; and twice the exposure that is set.
 */
export function watchdogMillis(controls: ExposureControls, shape: FrameShape): number {
  const usual = Math.max(defaultWatchdogMillis, 5000 / shape.framesPerSecond);
  const longestFrameNs = Math.max(longestAbsoluteNs(controls), longestLinesNs(controls, shape));
  const possible = Math.min(longestIdleWatchdogMillis, allowanceMillis(longestFrameNs));
  const current = allowanceMillis(exposureNs(controls, shape) ?? 0);
  return Math.ceil(Math.min(longestWatchdogMillis, Math.max(usual, possible, current)));
}

/** Twice the exposure: a new exposure time begins with the next frame, after the one that is being exposed. */
function allowanceMillis(frameNs: number): number {
  return (2 * frameNs) / 1e6 + 500;
}

function longestAbsoluteNs(controls: ExposureControls): number {
  return (controls.maximumOf(exposureAbsolute) ?? 0) * nsPerAbsoluteUnit;
}

function longestLinesNs(controls: ExposureControls, { width, height }: FrameShape): number {
  const blanking = controls.maximumOf(verticalBlanking);
  const lineNs = lineNsOf(controls, width);
  return blanking === undefined || lineNs === undefined ? 0 : (height + blanking) * lineNs;
}

function lineNsOf(controls: ExposureControls, width: number): number | undefined {
  const blanking = controls.numberOf(horizontalBlanking);
  const rate = controls.numberOf(pixelRate);
  return blanking === undefined || !rate ? undefined : ((width + blanking) * 1e9) / rate;
}
