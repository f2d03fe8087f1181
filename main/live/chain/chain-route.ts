import type { Lease } from '../../runtime/lease.ts';
import type { LoadedSegment } from './chain-segment.ts';
import { FrameWindow } from './frame-window.ts';

/** Where a step reads or writes: the frame's own slots, a slot of the chain, or the last frames at a place of it. */
export type Place = 'mosaic' | 'picture' | Lease | FrameWindow;

/** One step of a frame's way. Without a segment the frame is copied: what the camera has written cannot be kept otherwise. */
export interface RouteStep {
  readonly work: LoadedSegment | 'isp' | 'copy';
  readonly from: Place;
  readonly to: Place;
}

/** Gives slots of the chain: of the mosaic's size or the picture's. */
export type TakeSlot = (size: 'mosaic' | 'picture') => Lease;

/**
 * The way of a frame: every step reads where the one before has written, nothing is copied on the way, and the last picture lands in the
 * frame's own slot. The camera's mosaic is only read, since a recording or a burst may need it.
 */
export function routeOf(before: readonly LoadedSegment[], after: readonly LoadedSegment[], take: TakeSlot): RouteStep[] {
  const mosaics = mosaicPlaces(before, take);
  const pictures = picturePlaces(after, take);
  const [entrance = 'mosaic'] = mosaics;
  const copied: RouteStep[] = entrance === 'mosaic' ? [] : [{ work: 'copy', from: 'mosaic', to: entrance }];
  const steps = (segments: readonly LoadedSegment[], places: readonly Place[]): RouteStep[] =>
    segments.map((work, index) => ({ work, from: places[index] as Place, to: places[index + 1] as Place }));
  const developed: RouteStep = { work: 'isp', from: mosaics.at(-1) ?? 'mosaic', to: pictures[0] ?? 'picture' };
  return [...copied, ...steps(before, mosaics), developed, ...steps(after, pictures)];
}

/** Where each segment before the ISP reads, and where the last one writes. */
function mosaicPlaces(segments: readonly LoadedSegment[], take: TakeSlot): Place[] {
  const scratch: Lease[] = [];
  return Array.from({ length: segments.length === 0 ? 0 : segments.length + 1 }, (_, index) => {
    const reader = segments[index];
    if (reader && reader.inputSize > 1) return windowFor(reader, () => take('mosaic'));
    if (index === 0) return 'mosaic';
    const turn = index % 2;
    scratch[turn] ??= take('mosaic');
    return scratch[turn];
  });
}

/** Where each segment behind the ISP reads, and where the last one writes; from the end, which is the frame's own slot. */
function picturePlaces(segments: readonly LoadedSegment[], take: TakeSlot): Place[] {
  let scratch: Lease | undefined;
  const places: Place[] = ['picture'];
  for (const reader of segments.toReversed()) {
    if (reader.inputSize > 1) places.unshift(windowFor(reader, () => take('picture')));
    else if (places[0] !== 'picture') places.unshift('picture');
    else {
      scratch ??= take('picture');
      places.unshift(scratch);
    }
  }
  return places;
}

function windowFor({ inputSize }: LoadedSegment, take: () => Lease): FrameWindow {
  return new FrameWindow(Array.from({ length: inputSize }, take));
}
