import { Command as Palette, useCommandState } from 'cmdk';
import type { ReactNode } from 'react';
import { bestFirst, type Findable } from './word-score.ts';

/** An entry of a palette. */
export interface PaletteEntry extends Findable {
  /** Names it among the entries of its group. */
  readonly id: string;
  readonly className?: string;
  readonly testId?: string;
  /** What its row shows. */
  readonly content: ReactNode;
  readonly onSelect: () => void;
}

/** Entries of a palette under one heading. */
export interface PaletteGroup {
  readonly heading: string;
  readonly entries: readonly PaletteEntry[];
}

/**
 * The groups of a palette, inside its list. Those with what fits best come first, which the palette does by itself for the entries of one
 * group only.
 */
export function PaletteGroups({ groups }: { groups: readonly PaletteGroup[] }) {
  const search = useCommandState((state) => state.search);
  return bestFirst(
    groups.filter(({ entries }) => entries.length > 0),
    search,
  ).map(({ heading, entries }) => (
    <Palette.Group key={heading} heading={heading}>
      {entries.map(({ id, title, keywords, testId, className = '', disabled = false, content, onSelect }) => (
        <Palette.Item
          key={id}
          className={`palette-item ${className}`.trim()}
          value={title}
          keywords={[...keywords]}
          disabled={disabled}
          data-testid={testId}
          onSelect={onSelect}
        >
          {content}
        </Palette.Item>
      ))}
    </Palette.Group>
  ));
}
