import { expect, type Page } from '@playwright/test';

/** A frame as the page's probe names it. */
export interface ShownFrame {
  readonly frameId: number;
  readonly sequence: number;
  readonly parameterVersion: number;
  readonly width: number;
  readonly height: number;
}

/** The lab's page as its user meets it. */
export class LabPage {
  readonly page: Page;
  /** What the browser complained about: exceptions, console errors and refused content. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  lastFrame(): Promise<ShownFrame | undefined> {
    return this.page.evaluate(() => window.cameraLabView?.lastFrame());
  }

  /** The mean of red, green and blue over a grid of the picture on the screen. */
  meanPixel(): Promise<[number, number, number]> {
    return this.page.evaluate(() => {
      const view = window.cameraLabView;
      const frame = view?.lastFrame();
      const sums: [number, number, number] = [0, 0, 0];
      const steps = 24;
      for (let index = 0; frame && index < steps * steps; index++) {
        const x = Math.floor((((index % steps) + 0.5) * frame.width) / steps);
        const y = Math.floor(((Math.floor(index / steps) + 0.5) * frame.height) / steps);
        const pixel = view?.samplePixels(x, y) ?? [0, 0, 0, 0];
        for (const channel of [0, 1, 2] as const) sums[channel] += (pixel[channel] ?? 0) / (steps * steps);
      }
      return sums;
    });
  }

  /** Resolves with the first painted frame that fulfils `condition`. */
  async frameWhere(condition: (frame: ShownFrame) => boolean): Promise<ShownFrame> {
    let found: ShownFrame | undefined;
    await expect(async () => {
      const frame = await this.lastFrame();
      expect(frame !== undefined && condition(frame), `frame ${JSON.stringify(frame)}`).toBe(true);
      found = frame;
    }).toPass();
    return found as ShownFrame;
  }

  /** Chooses the simulator's small mode, which leaves a small machine time for the browser. */
  async chooseSmallMode(): Promise<void> {
    await this.choose('mode-select', /640 × 360/);
    await this.frameWhere((frame) => frame.width === 640);
  }

  async choose(testId: string, option: RegExp): Promise<void> {
    await this.page.getByTestId(testId).click();
    await this.page.getByRole('option', { name: option }).click();
  }

  /** Types a number into a setting's field and confirms it. */
  async typeSetting(testId: string, text: string): Promise<void> {
    const field = this.page.getByTestId(testId).getByRole('textbox');
    await field.fill(text);
    await field.press('Enter');
  }
}
