import { pixelClipboardText } from '../view/readout-text.ts';
import type { Command, CommandContext } from './command.ts';

function hasFrame({ page }: CommandContext): boolean {
  return page.getState().view.hasFrame;
}

/** Commands on the picture. */
export const viewCommands: readonly Command[] = [
  {
    id: 'view.freeze',
    title: ({ page }) => (page.getState().view.frozen ? 'Unfreeze picture' : 'Freeze picture'),
    keywords: ['pause', 'hold', 'still'],
    category: 'View',
    keys: ['F'],
    predicate: hasFrame,
    perform: ({ viewer }) => viewer.setFrozen(!viewer.frozen),
  },
  {
    id: 'view.fit',
    title: () => 'Zoom to fit',
    keywords: ['whole', 'window', 'scale'],
    category: 'View',
    keys: ['0', 'Mod+0'],
    predicate: hasFrame,
    perform: ({ viewer }) => viewer.fit(),
  },
  {
    id: 'view.oneToOne',
    title: () => 'Zoom to 1:1',
    keywords: ['100 %', 'actual size', 'pixels'],
    category: 'View',
    keys: ['1'],
    predicate: hasFrame,
    perform: ({ viewer }) => viewer.oneToOne(),
  },
  {
    id: 'view.zoomIn',
    title: () => 'Zoom in',
    keywords: ['magnify', 'larger'],
    category: 'View',
    keys: ['+', '='],
    predicate: hasFrame,
    perform: ({ viewer }) => viewer.zoom(1),
  },
  {
    id: 'view.zoomOut',
    title: () => 'Zoom out',
    keywords: ['smaller'],
    category: 'View',
    keys: ['-'],
    predicate: hasFrame,
    perform: ({ viewer }) => viewer.zoom(-1),
  },
  {
    id: 'view.copyPixel',
    title: () => 'Copy pixel value under the cursor',
    keywords: ['readout', 'rgb', 'clipboard', 'pick'],
    category: 'View',
    keys: ['C'],
    predicate: ({ viewer }) => viewer.readout().value !== undefined,
    async perform({ viewer, copyText, actions }) {
      const text = pixelClipboardText(viewer.readout());
      if (text === undefined) return;
      await copyText(text);
      actions.inform(`Copied: ${text}`);
    },
  },
];
