import type { PointerEvent, RefObject } from 'react';
import { useEffect, useState } from 'react';
import type { ChainPlace, ChainPosition } from '../../store/chain-selectors.ts';
import { entryOf, placesOf, positionOf } from '../../store/chain-selectors.ts';
import { useLab } from '../panel-context.ts';
import type { Gap } from './drop-gap.ts';
import { nearestGap, positionWithout } from './drop-gap.ts';

/** An entry on its way to another place in the list. */
export interface EntryDrag {
  /** Of the entry that is dragged now. */
  readonly key: string | undefined;
  /** Where it would be put; `index` counts it still where it stands. */
  readonly drop: ChainPosition | undefined;
  /** Begins to watch a press on an entry: it becomes a drag when the pointer moves. */
  press(event: PointerEvent, key: string): void;
}

/** So far the pointer moves before a press is a drag, in pixels. */
const dragAfter = 4;

interface Press {
  readonly key: string;
  readonly y: number;
}

/** Drags of entries within `list`, whose sections name their place and whose rows their key. Escape lets go without moving. */
export function useEntryDrag(list: RefObject<HTMLElement | null>): EntryDrag {
  const { chain, store } = useLab();
  const [pressed, setPressed] = useState<Press | undefined>(undefined);
  const [drop, setDrop] = useState<ChainPosition | undefined>(undefined);
  const dragging = pressed !== undefined && drop !== undefined;

  useEffect(() => {
    if (!pressed) return undefined;
    const end = () => {
      setPressed(undefined);
      setDrop(undefined);
    };
    const move = (event: globalThis.PointerEvent) => {
      if (!dragging && Math.abs(event.clientY - pressed.y) < dragAfter) return;
      const { chain: now, catalogue } = store.getState();
      const entry = entryOf(now, pressed.key);
      if (!entry || !list.current) return end();
      const here = positionOf(now, pressed.key);
      setDrop(nearestGap(gapsIn(list.current, placesOf(catalogue, entry)), event.clientY) ?? here);
    };
    const release = () => {
      const from = positionOf(store.getState().chain, pressed.key);
      if (drop && from) void chain.move(pressed.key, positionWithout(from, drop));
      end();
    };
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      end();
    };
    const watch = new AbortController();
    const { signal } = watch;
    window.addEventListener('pointermove', move, { signal });
    window.addEventListener('pointerup', release, { signal });
    window.addEventListener('pointercancel', end, { signal });
    window.addEventListener('keydown', cancel, { signal, capture: true });
    return () => watch.abort();
  }, [pressed, drop, dragging, chain, store, list]);

  return {
    key: dragging ? pressed.key : undefined,
    drop,
    press(event, key) {
      if (event.button === 0) setPressed({ key, y: event.clientY });
    },
  };
}

/** Every place between two rows, as it is on the screen now. */
function gapsIn(list: HTMLElement, places: readonly ChainPlace[]): Gap[] {
  return places.flatMap((place) => {
    const section = list.querySelector<HTMLElement>(`[data-place="${place}"]`);
    if (!section) return [];
    const rows = [...section.querySelectorAll('[data-entry]')].map((row) => row.getBoundingClientRect());
    const bottom = rows.at(-1)?.bottom ?? section.getBoundingClientRect().bottom;
    return [...rows.map(({ top }) => top), bottom].map((y, index) => ({ place, index, y }));
  });
}
