export { obstacle, type StreamCounters } from './face/binding.ts';
export type { Control, ControlFlags, ControlType, ControlValue } from './face/controls.ts';
export { type CameraDevice, type ControlChange, type DeviceListeners, openDevice, type SelectionTarget } from './face/device.ts';
export { V4l2Error, type V4l2ErrorDetails } from './face/errors.ts';
export type { CapturedFrame, CaptureStream, StreamOptions, StreamState, StreamStateChange } from './face/stream.ts';
export {
  type AllocatedMemory,
  allocateMemory,
  closeDescriptor,
  type DeviceWatch,
  findHolders,
  listDevices,
  reportAllocators,
  type SystemRoots,
  unpackMosaic,
  unpackPaths,
  watchDevices,
} from './face/system.ts';
export type {
  AllocatorReport,
  Capability,
  DeviceChange,
  DeviceSummary,
  Format,
  FormatDescription,
  FormatRequest,
  Fraction,
  FrameSize,
  Holder,
  Input,
  Intervals,
  MosaicLayout,
  Rectangle,
  SourceChange,
  UnpackPath,
} from './face/types.ts';
