import type { Page } from '@playwright/test';

/** Pairs of visible texts within an element (of the page, where none is said) that overlap by more than a hairline in any of their lines, as `text / text`. */
export function overlappingTexts(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate((selector) => {
    const walker = document.createTreeWalker(document.querySelector(selector) ?? document.body, NodeFilter.SHOW_TEXT);
    const boxes: { text: string; node: Node; box: DOMRect }[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const element = node.parentElement;
      if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const line of range.getClientRects()) {
        const box = visiblePart(line, element);
        if (box.width > 1 && box.height > 1) boxes.push({ text, node, box });
      }
    }
    return boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter((b) => a.node !== b.node && overlap(a.box, b.box))
        .map((b) => `${a.text} / ${b.text}`),
    );

    /** What ancestors that clip leave of a box. */
    function visiblePart(box: DOMRect, from: Element): DOMRect {
      let { left, top, right, bottom } = box;
      for (let element: Element | null = from; element; element = element.parentElement) {
        if (getComputedStyle(element).overflow === 'visible') continue;
        const clip = element.getBoundingClientRect();
        left = Math.max(left, clip.left);
        top = Math.max(top, clip.top);
        right = Math.min(right, clip.right);
        bottom = Math.min(bottom, clip.bottom);
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }
    function overlap(a: DOMRect, b: DOMRect): boolean {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return width > 2 && height > 4;
    }
  }, within);
}
