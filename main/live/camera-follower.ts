import type { ErrorRecord } from '../base/errors.ts';
import type { Camera } from '../camera/camera.ts';

/** What the stream does about what its open camera tells by itself. */
export interface CameraListener {
  noticed(record: ErrorRecord): void;
  /** The camera is back after it was unplugged. */
  returned(): void;
}

/** Hears what a camera tells by itself until the returned function is called. */
export function followCamera(camera: Camera, listener: CameraListener): () => void {
  const endNotices = camera.noticed?.subscribe((record) => listener.noticed(record));
  const endAvailability = camera.availability?.subscribe((state) => {
    if (state === 'returned') listener.returned();
  });
  return () => {
    endNotices?.();
    endAvailability?.();
  };
}
