import type { Triple } from '../../../base/matrix3.ts';
import type { ChartLayout } from '../chart-layout.ts';
import { neutral, type Palette } from '../colour/palette.ts';
import { linearTripleFromSrgb } from '../colour-checker.ts';
import { clamp01, length, type Region } from '../coverage.ts';
import type { LightCanvas } from '../light-canvas.ts';
import type { MovingPart, RowClock } from '../scene.ts';

const starCycles = 36;
const starTurnSeconds = 30;
const starDark = 0.04;
const starBright = 0.8;
const toneSteps = 512;
const phaseSteps = 4096;
const sines = Float32Array.from({ length: phaseSteps }, (_, step) => Math.sin((2 * Math.PI * step) / phaseSteps));

/**
 * A Siemens star of 36 cycles that turns once in 30 s. Its spokes are box-sampled, so that their contrast fades towards the
 * centre instead of aliasing; angle and sharpness of every pixel are computed once.
 */
export class TurningStar implements MovingPart {
  readonly #region: Region;
  readonly #phases: Uint16Array;
  readonly #sharpness: Float32Array;
  readonly #coverage: Float32Array;
  readonly #tones: readonly Triple[];

  constructor({ star }: ChartLayout, palette: Palette) {
    const left = Math.floor(star.x - star.radius) - 1;
    const top = Math.floor(star.y - star.radius) - 1;
    const side = Math.ceil(star.radius * 2) + 3;
    this.#region = { left, top, right: left + side, bottom: top + side };
    this.#phases = new Uint16Array(side * side);
    this.#sharpness = new Float32Array(side * side);
    this.#coverage = new Float32Array(side * side);
    for (let index = 0; index < side * side; index++) {
      const dx = left + (index % side) + 0.5 - star.x;
      const dy = top + Math.floor(index / side) + 0.5 - star.y;
      const radius = length(dx, dy);
      this.#phases[index] = (Math.atan2(dy, dx) / (2 * Math.PI) + 1) * starCycles * phaseSteps;
      this.#sharpness[index] = radius / starCycles;
      this.#coverage[index] = clamp01(star.radius - radius + 0.5);
    }
    const middle = (starBright + starDark) / 2;
    const swing = (starBright - starDark) / 2;
    this.#tones = Array.from({ length: toneSteps + 1 }, (_, step) =>
      neutral(palette, middle + swing * ((2 * step) / toneSteps - 1)),
    );
  }

  draw(canvas: LightCanvas, clock: RowClock): Region {
    const { left, top, right, bottom } = this.#region;
    let index = 0;
    for (let y = top; y < bottom; y++) {
      const turn = Math.round(((clock.secondsAt(y) % starTurnSeconds) / starTurnSeconds) * starCycles * phaseSteps);
      for (let x = left; x < right; x++, index++) {
        const share = this.#coverage[index] as number;
        if (share === 0) continue;
        const wave =
          (sines[((this.#phases[index] as number) - turn) & (phaseSteps - 1)] as number) * (this.#sharpness[index] as number);
        const tone = this.#tones[((wave < -1 ? 0 : wave > 1 ? 2 : wave + 1) * (toneSteps / 2)) | 0] as Triple;
        canvas.blend(x, y, tone, share);
      }
    }
    return this.#region;
  }
}

const ballPeriodSeconds = 9;
/** Towards the lamp: left, up and out of the picture. */
const lamp: Triple = [-0.45, -0.62, 0.64];

/** A clay ball with an ivory band that rolls to and fro on the ramp's upper edge, with a highlight and a soft shadow. */
export class RollingBall implements MovingPart {
  readonly #layout: ChartLayout;
  readonly #clay: Triple;
  readonly #ivory: Triple;
  readonly #white: Triple;

  constructor(layout: ChartLayout, palette: Palette) {
    this.#layout = layout;
    this.#clay = palette.colour(linearTripleFromSrgb([196, 98, 66]));
    this.#ivory = palette.colour(linearTripleFromSrgb([232, 224, 206]));
    this.#white = palette.white;
  }

  draw(canvas: LightCanvas, clock: RowClock): Region {
    const { ball, ramp } = this.#layout;
    const centreY = ramp.top - ball.radius;
    const first = Math.floor(centreY - 1.3 * ball.radius);
    const last = Math.ceil(centreY + 1.7 * ball.radius);
    const offsets = new Map<number, number>();
    for (let row = first; row <= last; row++) offsets.set(row, this.#travelledAt(clock.secondsAt(row)));
    const travelledAt = (row: number): number => offsets.get(row) as number;
    this.#drawShadow(canvas, travelledAt, centreY + 0.35 * ball.radius);
    this.#drawBall(canvas, travelledAt, centreY);
    const ends = [travelledAt(first), travelledAt(last)];
    return {
      left: Math.floor(ball.centreX + Math.min(...ends) - ball.radius) - 1,
      top: Math.floor(centreY - ball.radius) - 1,
      right: Math.ceil(ball.centreX + Math.max(...ends) + 2 * ball.radius) + 2,
      bottom: Math.ceil(ramp.top) + 1,
    };
  }

  #travelledAt(seconds: number): number {
    return this.#layout.ball.reach * Math.sin((2 * Math.PI * (seconds % ballPeriodSeconds)) / ballPeriodSeconds - 0.9);
  }

  /** On the backdrop only: the shadow ends where the ramp begins. */
  #drawShadow(canvas: LightCanvas, travelledAt: (row: number) => number, centreY: number): void {
    const { radius, centreX: middle } = this.#layout.ball;
    const bottom = Math.min(Math.floor(this.#layout.ramp.top), Math.ceil(centreY + 1.3 * radius));
    for (let y = Math.floor(centreY - 1.3 * radius); y < bottom; y++) {
      const centreX = middle + travelledAt(y) + 0.5 * radius;
      for (let x = Math.floor(centreX - 1.3 * radius); x < centreX + 1.3 * radius; x++) {
        const distance = length(x + 0.5 - centreX, y + 0.5 - centreY) / radius;
        const fade = clamp01((1.3 - distance) / 0.7);
        canvas.dim(x, y, (1 - 0.3 * fade * fade) ** 2);
      }
    }
  }

  #drawBall(canvas: LightCanvas, travelledAt: (row: number) => number, centreY: number): void {
    const { radius, centreX: middle } = this.#layout.ball;
    for (let y = Math.floor(centreY - radius); y <= centreY + radius; y++) {
      const travelled = travelledAt(y);
      const cosine = Math.cos(travelled / radius);
      const sine = Math.sin(travelled / radius);
      const centreX = middle + travelled;
      for (let x = Math.floor(centreX - radius); x <= centreX + radius; x++) {
        const dx = (x + 0.5 - centreX) / radius;
        const dy = (y + 0.5 - centreY) / radius;
        const distance = length(dx, dy);
        const share = clamp01((1 - distance) * radius + 0.5);
        if (share === 0) continue;
        const band = clamp01((0.24 - Math.abs(dx * cosine + dy * sine)) * radius + 0.5);
        canvas.blend(x, y, this.#shaded(dx, dy, distance, band), share);
      }
    }
  }

  #shaded(dx: number, dy: number, distance: number, band: number): Triple {
    const normalZ = Math.sqrt(Math.max(0, 1 - distance * distance));
    const facing = Math.max(0, dx * lamp[0] + dy * lamp[1] + normalZ * lamp[2]);
    const highlight = 0.55 * Math.max(0, 2 * facing * normalZ - lamp[2]) ** 24;
    const diffuse = 0.16 + 0.84 * facing;
    const channel = (index: 0 | 1 | 2): number =>
      (this.#clay[index] + (this.#ivory[index] - this.#clay[index]) * band) * diffuse + highlight * this.#white[index];
    return [channel(0), channel(1), channel(2)];
  }
}
