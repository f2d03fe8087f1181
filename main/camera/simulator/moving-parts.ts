import type { Triple } from '../../base/matrix3.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { cameraRgbFromSrgb } from './colour-checker.ts';
import { channelsOfCell, clamp01, length, levelOfRadiance, type Region } from './radiance.ts';
import type { SceneLayout } from './scene.ts';

/** The picture that moving parts are drawn into: levels behind the colour filter array, and the still scene below them. */
export interface LevelPicture {
  readonly width: number;
  readonly height: number;
  readonly cfa: CfaOrder;
  readonly still: Uint16Array;
  readonly levels: Uint16Array;
}

/** A part of the scene that moves. It draws itself over the still scene and names the region it touched. */
export interface MovingPart {
  drawAt(seconds: number): Region;
}

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
  readonly #picture: LevelPicture;
  readonly #region: Region;
  readonly #phases: Uint16Array;
  readonly #sharpness: Float32Array;
  readonly #coverage: Float32Array;
  readonly #tones: Uint16Array;

  constructor(picture: LevelPicture, { star }: SceneLayout) {
    this.#picture = picture;
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
    this.#tones = Uint16Array.from({ length: toneSteps + 1 }, (_, step) =>
      levelOfRadiance(middle + swing * ((2 * step) / toneSteps - 1)),
    );
  }

  drawAt(seconds: number): Region {
    const { left, top, right, bottom } = this.#region;
    const { width, levels, still } = this.#picture;
    const turn = Math.round(((seconds % starTurnSeconds) / starTurnSeconds) * starCycles * phaseSteps);
    let index = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++, index++) {
        const share = this.#coverage[index] as number;
        if (share === 0) continue;
        const wave =
          (sines[((this.#phases[index] as number) - turn) & (phaseSteps - 1)] as number) * (this.#sharpness[index] as number);
        const tone = this.#tones[((wave < -1 ? 0 : wave > 1 ? 2 : wave + 1) * (toneSteps / 2)) | 0] as number;
        const at = y * width + x;
        const below = still[at] as number;
        levels[at] = below + (tone - below) * share;
      }
    }
    return this.#region;
  }
}

const ballPeriodSeconds = 9;
const clay = cameraRgbFromSrgb([196, 98, 66]);
const ivory = cameraRgbFromSrgb([232, 224, 206]);
/** Towards the lamp: left, up and out of the picture. */
const light: Triple = [-0.45, -0.62, 0.64];

/** A clay ball with an ivory band that rolls to and fro on the ramp's upper edge, with a highlight and a soft shadow. */
export class RollingBall implements MovingPart {
  readonly #picture: LevelPicture;
  readonly #layout: SceneLayout;
  readonly #channels: readonly [number, number, number, number];

  constructor(picture: LevelPicture, layout: SceneLayout) {
    this.#picture = picture;
    this.#layout = layout;
    this.#channels = channelsOfCell(picture.cfa);
  }

  drawAt(seconds: number): Region {
    const { ball, ramp } = this.#layout;
    const travelled = ball.reach * Math.sin((2 * Math.PI * (seconds % ballPeriodSeconds)) / ballPeriodSeconds - 0.9);
    const centreX = ball.centreX + travelled;
    const centreY = ramp.top - ball.radius;
    this.#drawShadow(centreX + 0.5 * ball.radius, centreY + 0.35 * ball.radius);
    this.#drawBall(centreX, centreY, travelled / ball.radius);
    return {
      left: Math.floor(centreX - ball.radius) - 1,
      top: Math.floor(centreY - ball.radius) - 1,
      right: Math.ceil(centreX + 2 * ball.radius) + 2,
      bottom: Math.ceil(ramp.top) + 1,
    };
  }

  /** On the backdrop only: the shadow ends where the ramp begins. Levels are square roots, so shading is one product. */
  #drawShadow(centreX: number, centreY: number): void {
    const { radius } = this.#layout.ball;
    const { width, levels } = this.#picture;
    const bottom = Math.min(Math.floor(this.#layout.ramp.top), Math.ceil(centreY + 1.3 * radius));
    for (let y = Math.floor(centreY - 1.3 * radius); y < bottom; y++) {
      for (let x = Math.floor(centreX - 1.3 * radius); x < centreX + 1.3 * radius; x++) {
        const distance = length(x + 0.5 - centreX, y + 0.5 - centreY) / radius;
        const fade = clamp01((1.3 - distance) / 0.7);
        const at = y * width + x;
        levels[at] = (levels[at] as number) * (1 - 0.3 * fade * fade);
      }
    }
  }

  #drawBall(centreX: number, centreY: number, angle: number): void {
    const { radius } = this.#layout.ball;
    const { width, levels } = this.#picture;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    for (let y = Math.floor(centreY - radius); y <= centreY + radius; y++) {
      for (let x = Math.floor(centreX - radius); x <= centreX + radius; x++) {
        const dx = (x + 0.5 - centreX) / radius;
        const dy = (y + 0.5 - centreY) / radius;
        const distance = length(dx, dy);
        const share = clamp01((1 - distance) * radius + 0.5);
        if (share === 0) continue;
        const band = clamp01((0.24 - Math.abs(dx * cosine + dy * sine)) * radius + 0.5);
        const channel = this.#channels[(y & 1) * 2 + (x & 1)] as 0 | 1 | 2;
        const albedo = clay[channel] + (ivory[channel] - clay[channel]) * band;
        const at = y * width + x;
        const below = levels[at] as number;
        levels[at] = below + (levelOfRadiance(shadedSphere(dx, dy, distance, albedo)) - below) * share;
      }
    }
  }
}

function shadedSphere(dx: number, dy: number, distance: number, albedo: number): number {
  const normalZ = Math.sqrt(Math.max(0, 1 - distance * distance));
  const facing = Math.max(0, dx * light[0] + dy * light[1] + normalZ * light[2]);
  const mirrored = Math.max(0, 2 * facing * normalZ - light[2]);
  return albedo * (0.16 + 0.84 * facing) + 0.55 * mirrored ** 24;
}
