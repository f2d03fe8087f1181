import {
  type CameraDevice,
  type CapturedFrame,
  type CaptureStream,
  type DeviceChange,
  type DeviceListeners,
  type DeviceSummary,
  type DeviceWatch,
  listDevices,
  obstacle,
  openDevice,
  type StreamOptions,
  watchDevices,
} from '../../../native/v4l2-camera/index.ts';

/** What the camera uses of a running stream. */
export type V4l2Stream = Pick<CaptureStream, 'queueSlot' | 'counters' | 'stop' | 'isOver' | 'setWatchdog'>;

/** The addon's streaming options as the camera uses them. */
export type V4l2StreamOptions = Omit<StreamOptions, 'onFrame'> & { readonly onFrame: (frame: CapturedFrame) => void };

/** What the camera uses of an open device. */
export interface V4l2Device
  extends Pick<
    CameraDevice,
    'path' | 'inputs' | 'formats' | 'format' | 'setFormat' | 'frameInterval' | 'setFrameInterval' | 'close'
  > {
  controls: CameraDevice['controls'];
  readControls: CameraDevice['readControls'];
  writeControls: CameraDevice['writeControls'];
  startStream(options: V4l2StreamOptions): Promise<V4l2Stream>;
}

/** The addon as the lab uses it. Everything that the lab asks of V4L2 goes through it, so that a test can be the driver. */
export interface V4l2Face {
  /** Why there are no V4L2 cameras here; undefined when there can be. */
  obstacle(): string | undefined;
  listDevices(): Promise<DeviceSummary[]>;
  openDevice(path: string, listeners: DeviceListeners): Promise<V4l2Device>;
  watchDevices(onChange: (change: DeviceChange) => void): DeviceWatch;
}

/** The addon itself. */
export const systemFace: V4l2Face = {
  obstacle,
  listDevices: () => listDevices(),
  openDevice,
  watchDevices: (onChange) => watchDevices(onChange),
};
