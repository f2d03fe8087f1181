import type { V4l2Error } from './errors.ts';

/** What the driver says about a node (VIDIOC_QUERYCAP). `flags` are the V4L2_CAP_* of this node. */
export interface Capability {
  readonly driver: string;
  readonly card: string;
  readonly bus: string;
  readonly kernelVersion: number;
  readonly flags: number;
  readonly captures: boolean;
  readonly streams: boolean;
  readonly multiPlanar: boolean;
}

/** A video node that captures, or that could not be asked; `failure` then says why and what to do. */
export interface DeviceSummary {
  readonly path: string;
  readonly name: string;
  /** Survives restarts and plugging into the same port again: bus path, name, serial, node within the device. */
  readonly identity: string;
  readonly busPath: string;
  readonly serial: string;
  /** `vendor:product` of a USB camera, else empty. */
  readonly usbIds: string;
  readonly capability?: Capability;
  /** The media controller behind the node and the entity in it. */
  readonly media?: { readonly path: string; readonly entity: string };
  readonly failure?: V4l2Error;
}

/** A node that came, went or changed its permissions. udev sets those shortly after `added`: expect a `changed`. */
export interface DeviceChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly path: string;
}

/** A time in seconds as the driver states it. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** The frame intervals of a size: a list, or a range whose step is 0/n when continuous. */
export interface Intervals {
  readonly discrete: readonly Fraction[];
  readonly minimum?: Fraction;
  readonly maximum?: Fraction;
  readonly step?: Fraction;
}

/** One size (minimum = maximum) or a range of sizes in pixels; the intervals are those of the largest. */
export interface FrameSize {
  readonly minimumWidth: number;
  readonly maximumWidth: number;
  readonly stepWidth: number;
  readonly minimumHeight: number;
  readonly maximumHeight: number;
  readonly stepHeight: number;
  readonly intervals: Intervals;
}

/** A pixel format of the device. `flags` are V4L2_FMT_FLAG_*. */
export interface FormatDescription {
  readonly fourcc: string;
  readonly description: string;
  readonly flags: number;
  readonly sizes: readonly FrameSize[];
}

/** The format that the driver holds. Enumerations carry the numbers of `videodev2.h`. */
export interface Format {
  readonly width: number;
  readonly height: number;
  readonly fourcc: string;
  readonly field: number;
  readonly colorspace: number;
  readonly ycbcrEncoding: number;
  readonly quantization: number;
  readonly transferFunction: number;
  readonly planes: readonly { readonly strideBytes: number; readonly sizeBytes: number }[];
}

/** A wanted format. What is left out stays the driver's choice. */
export interface FormatRequest {
  readonly width: number;
  readonly height: number;
  readonly fourcc: string;
  readonly field?: number;
  readonly colorspace?: number;
  readonly ycbcrEncoding?: number;
  readonly quantization?: number;
  readonly transferFunction?: number;
  readonly strideBytes?: number;
}

/** A rectangle in pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One of the device's inputs. `status` are V4L2_IN_ST_*; 0 means that a signal is there. */
export interface Input {
  readonly index: number;
  readonly name: string;
  readonly status: number;
  readonly selected: boolean;
}

/** The signal at an input changed, selected or not. `changes` are V4L2_EVENT_SRC_CH_*. */
export interface SourceChange {
  readonly input: number;
  readonly changes: number;
}

/** A process that has a device open. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/** One kind of shareable memory: `memfd`, `udmabuf`, `dma-heap:NAME`. `reason` is empty where it is available. */
export interface AllocatorReport {
  readonly name: string;
  readonly available: boolean;
  readonly reason: string;
}

/** How the rows of one mosaic lie in memory. */
export interface MosaicLayout {
  readonly width: number;
  readonly height: number;
  /** 8 to 16 unpacked; 8, 10, 12 or 14 MIPI. */
  readonly bits: number;
  readonly packing: 'unpacked' | 'mipi';
  /** Bytes from the start of one row to the next; a row without padding when absent. */
  readonly strideBytes?: number;
}

/** The instruction sets that unpackers are written for. All give the same bits. */
export type UnpackPath = 'scalar' | 'ssse3' | 'avx2' | 'neon';
