import * as v4l2 from '../../../native/v4l2-camera/index.ts';
import { messageOf } from '../../base/errors.ts';
import { pixelFormatOfFourcc } from '../../frame/pixel-format.ts';
import type { Finding } from './doctor-finding.ts';

/** What the check needs of the addon, so that a test can be the machine. */
export interface CameraAccess {
  /** Why the addon does not work here, or undefined. */
  obstacle(): string | undefined;
  /** Why it cannot be built here, or undefined. */
  obstacleToBuild(): Promise<string | undefined>;
  readonly listDevices: typeof v4l2.listDevices;
  readonly openDevice: (path: string) => Promise<Pick<v4l2.CameraDevice, 'formats' | 'close'>>;
  readonly findHolders: typeof v4l2.findHolders;
}

const realAccess: CameraAccess = {
  obstacle: v4l2.obstacle,
  // Imported when asked: the builder looks at the compiler, which nobody needs who has the addon.
  obstacleToBuild: async () => (await import('../../../native/v4l2-camera/build.mjs')).obstacleToBuild(),
  listDevices: v4l2.listDevices,
  openDevice: (path) => v4l2.openDevice(path),
  findHolders: v4l2.findHolders,
};

const withoutCameras = 'the simulator and RAW files work without';

/** Whether V4L2 cameras work here, and each of them: may it be used, who else has it, does it give what the lab shows. */
export async function checkCameras(access: CameraAccess = realAccess): Promise<Finding[]> {
  const subject = 'V4L2';
  const obstacle = access.obstacle();
  if (obstacle !== undefined) return [addonFinding(obstacle, await access.obstacleToBuild())];
  try {
    const devices = await access.listDevices();
    if (devices.length > 0) return await Promise.all(devices.map((device) => checkCamera(device, access)));
    return [{ subject, state: 'missing', detail: 'no camera is connected', fix: `connect one; ${withoutCameras}` }];
  } catch (thrown) {
    return [{ subject, state: 'missing', detail: messageOf(thrown), fix: withoutCameras }];
  }
}

function addonFinding(obstacle: string, obstacleToBuild: string | undefined): Finding {
  const subject = 'V4L2';
  if (obstacleToBuild === undefined) {
    return {
      subject,
      state: 'missing',
      detail: obstacle,
      fix: 'node native/v4l2-camera/build.mjs builds it and says why where it cannot',
    };
  }
  const [detail, fix = withoutCameras] = obstacleToBuild.split(/: (?=install)/);
  return { subject, state: 'missing', detail: detail as string, fix };
}

async function checkCamera(device: v4l2.DeviceSummary, access: CameraAccess): Promise<Finding> {
  const subject = `V4L2 ${device.path}`;
  if (device.failure !== undefined) return refused(subject, device.failure);
  try {
    const camera = await access.openDevice(device.path);
    try {
      return await usable(subject, device, await camera.formats(), access);
    } finally {
      await camera.close();
    }
  } catch (thrown) {
    return refused(subject, thrown);
  }
}

/** The addon's sentences end with what to do: that part becomes the fix. */
function refused(subject: string, thrown: unknown): Finding {
  const [detail = '', ...rest] = messageOf(thrown).split(/\. (?=[A-Z])/);
  const fix = rest.length === 0 ? 'reconnect the camera and look again' : rest.join('. ');
  return { subject, state: 'missing', detail, fix };
}

async function usable(
  subject: string,
  { name, path }: v4l2.DeviceSummary,
  formats: readonly v4l2.FormatDescription[],
  access: CameraAccess,
): Promise<Finding> {
  const mosaics = formats.filter(({ fourcc }) => pixelFormatOfFourcc(fourcc)?.kind === 'mosaic');
  const listed = (mosaics.length > 0 ? mosaics : formats).map(({ fourcc }) => fourcc.trim()).join(' ') || 'none';
  const holders = await access.findHolders(path);
  if (holders.length > 0) {
    const names = holders.map(({ command, pid }) => `${command} (process ${pid})`).join(', ');
    return { subject, state: 'limited', detail: `${name}, held by ${names}`, fix: 'close that program before you stream' };
  }
  if (mosaics.length > 0) return { subject, state: 'works', detail: `${name}, mosaic formats ${listed}` };
  const detail = `${name}, no mosaic format (it has ${listed}), so the lab cannot show it live`;
  return { subject, state: 'limited', detail, fix: '`lab capture` stores its frames' };
}
