import { InputError } from '../../base/errors.ts';
import { type DarkStatistics, measureDark, seesLight } from '../../frame/dark-statistics.ts';
import type { MosaicArea } from '../../frame/frame-meta.ts';
import type { Mosaic } from '../../frame/mosaic.ts';

/** Where a frame is said to be dark: all over, as with the cap on, or in its masked areas. */
export interface SaidDark {
  readonly path: string;
  /** All of the frame where left out. */
  readonly masked?: readonly MosaicArea[];
}

/** The statistics of what is said to be dark. Throws InputError where light reaches it: what it shows would be taken for black. */
export function expectDark(mosaic: Mosaic, { path, masked }: SaidDark): DarkStatistics {
  const areas = masked ?? [{ top: 0, left: 0, rows: mosaic.height, columns: mosaic.width }];
  const dark = measureDark(mosaic, areas);
  if (!seesLight(mosaic, areas, { dark, whiteLevel: mosaic.sensor.whiteLevel })) return dark;
  const levels = dark.means.map((mean) => mean.toFixed(0)).join(', ');
  const received = `levels of ${levels} DN that scatter by ${Math.max(...dark.deviations).toFixed(1)} DN`;
  const [where, action] = masked
    ? ['masked areas', 'Give areas of --masked that no light reaches.']
    : ['a frame', 'Cover the lens, and take the frame again with the cap on.'];
  throw new InputError('cli.lit', `Expected ${where} without light for ${path} but received ${received}`, action);
}
