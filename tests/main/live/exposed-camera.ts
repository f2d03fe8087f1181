import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const number = { group: 'Sensor', type: 'number', readOnly: false } as const;
const exposure: ControlDescription = {
  ...number,
  id: 'exposure',
  label: 'Exposure time',
  unit: 'µs',
  minimum: 20,
  maximum: 1_000_000,
  step: 1,
  defaultValue: 10_000,
  value: 10_000,
};
const gain: ControlDescription = {
  ...number,
  id: 'analogue_gain',
  label: 'Analogue gain',
  unit: '×',
  minimum: 1,
  maximum: 16,
  step: 0.01,
  defaultValue: 1,
  value: 1,
};

/** A scripted camera whose frames are as bright as it is exposed: a grey world of one level. */
export class ExposedCamera extends ScriptedCamera {
  readonly set = { exposure: 10_000, analogue_gain: 1 };
  /** Light of the scene at 10 ms and gain 1, 1 at white. */
  light = 0.18;
  /** Red and blue of the scene's light, green 1. */
  tint: readonly [red: number, blue: number] = [1, 1];
  /** What the first sixteen columns show, DN: no light reaches them. They are like the others where this is undefined. */
  maskedDn: number | undefined;
  /** When the next frame is captured, where the test says it; the machine's clock by default. */
  nextNs: bigint | undefined;
  #frames = 0;

  override controls(): readonly ControlDescription[] {
    return [
      { ...exposure, value: this.set.exposure },
      { ...gain, value: this.set.analogue_gain },
    ];
  }

  override async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    for (const [id, value] of values) this.set[id as keyof typeof this.set] = Number(value);
    return new Map(Object.entries(this.set));
  }

  /** The light of green that a frame has now, before it clips. */
  get level(): number {
    return (this.light * this.set.exposure * this.set.analogue_gain) / 10_000;
  }

  /** Publishes a frame that is exposed as the camera is set. */
  expose(): void {
    const frame = this.sink.reserve();
    if (!frame) throw new Error('Expected a free slot');
    const mode = this.modes[0];
    if (!mode) throw new Error('Expected a mode');
    const { width, height } = mode;
    const { blackLevels, whiteLevel } = this.sensor;
    const [red, blue] = this.tint;
    // RGGB.
    const factors = [red, 1, 1, blue];
    for (let index = 0; index < width * height; index++) {
      const position = (Math.floor(index / width) % 2) * 2 + (index % 2);
      if (this.maskedDn !== undefined && index % width < 16) {
        frame.samples[index] = this.maskedDn;
        continue;
      }
      const light = Math.min(1, this.level * (factors[position] as number));
      frame.samples[index] = Math.round(
        (blackLevels[position] as number) + light * (whiteLevel - (blackLevels[position] as number)),
      );
    }
    this.#frames += 1;
    const meta = { width, height, sensor: this.sensor, controls: { ...this.set } };
    this.sink.publish(frame, { ...meta, sequence: this.#frames, timestampNs: this.nextNs ?? process.hrtime.bigint() });
  }
}
