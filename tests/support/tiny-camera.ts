import type { FrameStatistics } from '../../main/isp/statistics/frame-statistics.ts';
import { seededRandom } from './synthetic-mosaic.ts';

/** What a camera is set to. */
export interface TinyExposure {
  readonly exposureMicros: number;
  readonly analogueGain: number;
}

/** How the camera and the light behave. */
export interface TinyCameraOptions {
  /** Frames from a write to its effect, beyond the next one. */
  readonly delayFrames: number;
  readonly start: TinyExposure;
  /** Light of zones at 1 µs and gain 1, row by row, 32x24; a contrasty scene by default. */
  readonly scene?: Float64Array;
  /** Camera colour of the light, green 1; neutral by default. */
  readonly light?: readonly [number, number, number];
  /** Standard deviation of zone means, light. */
  readonly noise?: number;
  /** Mains of lamps whose light swings by 30 %; rows are read one after the other over 25 ms. */
  readonly mainsHertz?: number;
  readonly framesPerSecond?: number;
}

/** A scene of three decades whose mean is `level` at an exposure of `micros` and gain 1. */
export function contrastyScene(level: number, micros: number): Float64Array {
  const random = seededRandom(5);
  const zones = Float64Array.from({ length: 768 }, () => 0.02 + random() ** 2 * 0.6);
  const mean = zones.reduce((sum, value) => sum + value, 0) / 768;
  return zones.map((value) => (value * level) / (mean * micros));
}

/** A camera of 768 pixels, one per zone, which gives the statistics at once: light, clipping, noise, delay and flicker, nothing else. */
export class TinyCamera {
  readonly #options: TinyCameraOptions;
  readonly #scene: Float64Array;
  readonly #random = seededRandom(17);
  readonly #pending: TinyExposure[];
  #inEffect: TinyExposure;
  #frame = 0;

  constructor(options: TinyCameraOptions) {
    this.#options = options;
    this.#scene = options.scene ?? contrastyScene(0.18, 10_000);
    this.#inEffect = options.start;
    this.#pending = Array.from({ length: options.delayFrames }, () => options.start);
  }

  /** Exposes a frame. What was written `delayFrames` frames before is in effect from this one on. */
  expose(): { statistics: FrameStatistics; inEffect: TinyExposure; rowLight: readonly number[] } {
    const { light = [1, 1, 1], noise = 0, framesPerSecond = 30 } = this.#options;
    const { exposureMicros, analogueGain } = this.#inEffect;
    const startMicros = (this.#frame++ * 1e6) / framesPerSecond;
    const rowLight = Array.from({ length: 24 }, (_, row) => this.#lamp(startMicros + row * 1042, exposureMicros));
    const seen = (zone: number, channel: 0 | 1 | 2): number => {
      const exact = (this.#scene[zone] as number) * light[channel] * exposureMicros * analogueGain;
      return exact * (rowLight[Math.floor(zone / 32)] as number) + noise * this.#gaussian();
    };
    const channel = (index: 0 | 1 | 2): Float32Array =>
      Float32Array.from({ length: 768 }, (_, zone) => Math.min(1, seen(zone, index)));
    const [red, greenOfRed, greenOfBlue, blue] = [channel(0), channel(1), channel(1), channel(2)];
    const clippedShare = Float32Array.from(red, (value, zone) =>
      Math.max(value, greenOfRed[zone] as number, blue[zone] as number) >= 0.98 ? 1 : 0,
    );
    const zones = { columns: 32, rows: 24, red, greenOfRed, greenOfBlue, blue, clippedShare, focusEnergy: new Float32Array(768) };
    const none = new Float32Array(256);
    const histograms = {
      rawHistogram: { red: none, green: none, blue: none },
      outputHistogram: { red: none, green: none, blue: none, luma: none },
    };
    return {
      statistics: { zones, ...histograms, centre: { green: 0, focusEnergy: 0 }, focus: 0 },
      inEffect: this.#inEffect,
      rowLight,
    };
  }

  /** Ends the frame with what was written during it; without a write the last one stays. */
  write(exposure: Partial<TinyExposure>): void {
    const last = this.#pending.at(-1) ?? this.#inEffect;
    this.#pending.push({ ...last, ...exposure });
    this.#inEffect = this.#pending.shift() as TinyExposure;
  }

  /** Mean light of a lamp over an exposure, by its integral; twice the mains is its frequency. */
  #lamp(startMicros: number, exposureMicros: number): number {
    const { mainsHertz } = this.#options;
    if (mainsHertz === undefined) return 1;
    const omega = (2 * Math.PI * 2 * mainsHertz) / 1e6;
    const swing = Math.cos(omega * startMicros) - Math.cos(omega * (startMicros + exposureMicros));
    return 1 + (0.3 * swing) / (omega * exposureMicros);
  }

  #gaussian(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
