import { readFileSync } from 'node:fs';
import { type CpioEntry, packCpio } from './cpio.ts';
import { modulesInLoadOrder } from './kernel-modules.ts';
import type { UnpackedKernel } from './kernel-package.ts';
import { requireProgram } from './requirements.ts';

/** Names of the two 9p shares, as QEMU and the guest both know them. */
export const shareTags = { hostRoot: 'host-root', results: 'results' } as const;

/** Where the guest finds the folder that it may write for the host. */
export const resultsInGuest = '/run/results';

/** The one file that {@link packInitramfs}'s guest writes itself: the exit status of its program, as decimal text. */
export const exitStatusFile = 'exit-status';

const modulesOfGuest = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'vivid'];

/** Two plain cameras, and one of the multi-planar interface with an output node beside it. */
const vividParameters = 'n_devs=3 node_types=0x1,0x1,0x101 multiplanar=1,1,2';

/** What a guest does once it is up. */
export interface GuestTask {
  /** Program and arguments, absolute paths of the host. */
  readonly command: readonly string[];
  /** Working folder, absolute. */
  readonly folder: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** The guest ends itself after this long, so that none outlives a host program that was killed. */
  readonly limitSeconds: number;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The guest's first program: brings up the driver, mounts the host's root under a throw-away layer and runs the task in it. */
function initScript(task: GuestTask, moduleNames: readonly string[]): string {
  const insmods = moduleNames.map((name) => `insmod /modules/${name}.ko${name === 'vivid' ? ` ${vividParameters}` : ''}`);
  const assignments = Object.entries(task.env).map(([name, value]) => quoted(`${name}=${value}`));
  const program = [`cd ${quoted(task.folder)} && exec env -i`, ...assignments, ...task.command.map(quoted)].join(' ');
  return `#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs devtmpfs /dev
give_up() { echo "guest: $1"; poweroff -f; }
${insmods.map((line) => `${line} || give_up ${quoted(`could not: ${line}`)}`).join('\n')}
share='trans=virtio,version=9p2000.L,msize=524288'
mount -t 9p -o "$share,ro,cache=loose" ${shareTags.hostRoot} /host || give_up 'no root of the host'
mount -t tmpfs tmpfs /layer && mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /whole || give_up 'no layer over the root'
for folder in dev proc sys tmp run; do mkdir -p /whole/$folder; done
mount -t devtmpfs devtmpfs /whole/dev
mkdir -p /whole/dev/shm
mount -t proc proc /whole/proc
mount -t sysfs sysfs /whole/sys
for folder in tmp run dev/shm; do mount -t tmpfs -o mode=1777 tmpfs /whole/$folder; done
# The project may lie below one of those.
project=${quoted(task.folder)}
mkdir -p "/whole$project" /layer/project /layer/project-work
mount -t overlay -o "lowerdir=/host$project,upperdir=/layer/project,workdir=/layer/project-work" overlay "/whole$project" || give_up 'no layer over the project'
mkdir /whole${resultsInGuest}
mount -t 9p -o "$share" ${shareTags.results} /whole${resultsInGuest} || give_up 'no folder for the results'
echo "guest: $(uname -r) with vivid is up after $(cut -d' ' -f1 /whole/proc/uptime) s"
timeout -s KILL ${task.limitSeconds} chroot /whole /bin/sh -c ${quoted(program)} </dev/null
echo $? >/whole${resultsInGuest}/${exitStatusFile}
sync
poweroff -f
`;
}

const folderMode = 0o040755;
const programMode = 0o100755;
const deviceMode = 0o020600;

/** Builds the guest's first root for `kernel`: busybox, the modules that the kernel does not have built in, and the task. */
export function packInitramfs(kernel: UnpackedKernel, task: GuestTask): Buffer {
  const modules = modulesInLoadOrder(kernel.modulesFolder, modulesOfGuest);
  const script = initScript(
    task,
    modules.map(({ name }) => name),
  );
  const folders = ['bin', 'dev', 'host', 'layer', 'modules', 'proc', 'sys', 'whole'];
  const entries: CpioEntry[] = [
    ...folders.map((path) => ({ path, mode: folderMode })),
    // Without it the first program has no output until the device file system is mounted.
    { path: 'dev/console', mode: deviceMode, device: [5, 1] },
    { path: 'bin/busybox', mode: programMode, content: readFileSync(requireProgram('busybox')) },
    ...modules.map(({ name, content }) => ({ path: `modules/${name}.ko`, mode: programMode, content })),
    { path: 'init', mode: programMode, content: Buffer.from(script) },
  ];
  return packCpio(entries);
}
