import { describe, expect, it } from 'vitest';
import { type CameraAccess, checkCameras } from '../../../../main/shell/cli/doctor-cameras.ts';
import { type DeviceSummary, type FormatDescription, V4l2Error } from '../../../../native/v4l2-camera/index.ts';

const brio: DeviceSummary = { path: '/dev/video2', name: 'Brio', identity: 'usb|Brio', busPath: 'usb', serial: '', usbIds: '' };
const formats = (...fourccs: string[]): FormatDescription[] =>
  fourccs.map((fourcc) => ({ fourcc, description: '', flags: 0, sizes: [] }));

/** A machine with one camera that works, but for what the test says. */
function machine(changes: Partial<CameraAccess>, ...fourccs: string[]) {
  const closed: string[] = [];
  const access: CameraAccess = {
    obstacle: () => undefined,
    obstacleToBuild: async () => undefined,
    listDevices: async () => [brio],
    openDevice: async (path) => ({
      formats: async () => formats(...fourccs),
      close: async () => void closed.push(path),
    }),
    findHolders: async () => [],
    ...changes,
  };
  return { access, closed };
}

describe('where there are no cameras, doctor says', () => {
  it('what cannot be built, before what is not there', async () => {
    const { access } = machine({
      obstacle: () => 'The V4L2 addon is not built: run it',
      obstacleToBuild: async () => 'The C++ compiler g++ is missing: install it (Debian: sudo apt install g++)',
    });
    expect(await checkCameras(access)).toEqual([
      {
        subject: 'V4L2',
        state: 'missing',
        detail: 'The C++ compiler g++ is missing',
        fix: 'install it (Debian: sudo apt install g++)',
      },
    ]);
  });

  it('how to build what could be built', async () => {
    const { access } = machine({ obstacle: () => 'The V4L2 addon is not built' });
    const [finding] = await checkCameras(access);
    expect(finding).toMatchObject({ state: 'missing', detail: 'The V4L2 addon is not built' });
    expect(finding?.fix).toMatch(/build\.mjs builds it/);
  });

  it('that it is another platform, where nothing can be installed', async () => {
    const { access } = machine({ obstacle: () => 'darwin', obstacleToBuild: async () => 'V4L2 cameras exist on Linux only' });
    expect(await checkCameras(access)).toMatchObject([
      { detail: 'V4L2 cameras exist on Linux only', fix: 'the simulator and RAW files work without' },
    ]);
  });

  it('that none is connected', async () => {
    const { access } = machine({ listDevices: async () => [] });
    expect(await checkCameras(access)).toMatchObject([{ state: 'missing', detail: 'no camera is connected' }]);
  });

  it('what looking for them came to', async () => {
    const { access } = machine({ listDevices: () => Promise.reject(new V4l2Error('v4l2.system', 'no folder')) });
    expect(await checkCameras(access)).toMatchObject([{ state: 'missing', detail: 'no folder' }]);
  });
});

describe('a camera', () => {
  const permission = new V4l2Error(
    'v4l2.permission',
    'open failed on /dev/video2: Permission denied (EACCES). Members of the group video may open it: run sudo usermod -aG video $USER',
  );

  it('that may not be opened comes with the group that may', async () => {
    const { access } = machine({ listDevices: async () => [{ ...brio, failure: permission }] });
    expect(await checkCameras(access)).toEqual([
      {
        subject: 'V4L2 /dev/video2',
        state: 'missing',
        detail: 'open failed on /dev/video2: Permission denied (EACCES)',
        fix: 'Members of the group video may open it: run sudo usermod -aG video $USER',
      },
    ]);
  });

  it('that vanished while it was looked at is one finding', async () => {
    const { access } = machine({ openDevice: () => Promise.reject(new V4l2Error('v4l2.not-found', 'open failed: ENOENT')) });
    expect(await checkCameras(access)).toMatchObject([{ state: 'missing', fix: 'reconnect the camera and look again' }]);
  });

  it('that another program has is limited, with the program’s name', async () => {
    const { access, closed } = machine({ findHolders: async () => [{ pid: 4711, command: 'obs' }] }, 'RG10');
    expect(await checkCameras(access)).toMatchObject([{ state: 'limited', detail: 'Brio, held by obs (process 4711)' }]);
    expect(closed).toEqual(['/dev/video2']);
  });

  it('without a mosaic format is limited, and its frames can be stored', async () => {
    const { access } = machine({}, 'YUYV', 'MJPG');
    const [finding] = await checkCameras(access);
    expect(finding).toMatchObject({ state: 'limited', fix: '`lab capture` stores its frames' });
    expect(finding?.detail).toContain('it has YUYV MJPG');
  });

  it('with a mosaic format works, and is closed again', async () => {
    const { access, closed } = machine({}, 'YUYV', 'pRAA');
    expect(await checkCameras(access)).toEqual([
      { subject: 'V4L2 /dev/video2', state: 'works', detail: 'Brio, mosaic formats pRAA' },
    ]);
    expect(closed).toEqual(['/dev/video2']);
  });
});
