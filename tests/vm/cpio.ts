/** A file, folder or device node of an archive that the kernel unpacks as its first root. */
export interface CpioEntry {
  /** Relative, without a leading slash; folders come before what they hold. */
  readonly path: string;
  /** File type and permissions, as in `st_mode`. */
  readonly mode: number;
  /** Empty for everything but a file. */
  readonly content?: Uint8Array;
  /** Major and minor number of a device node. */
  readonly device?: readonly [major: number, minor: number];
}

const magic = '070701';
const alignment = 4;

function padding(bytes: number): Buffer {
  return Buffer.alloc((alignment - (bytes % alignment)) % alignment);
}

function encoded(entry: CpioEntry, inode: number): readonly Uint8Array[] {
  const content = entry.content ?? new Uint8Array();
  const name = Buffer.from(`${entry.path}\0`);
  const [major, minor] = entry.device ?? [0, 0];
  const owner = [0, 0];
  const fields = [inode, entry.mode, ...owner, 1, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from(magic + fields.map((field) => field.toString(16).padStart(8, '0')).join(''));
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

/**
 * Packs the entries as a "newc" cpio archive (kernel: Documentation/driver-api/early-userspace/buffer-format.rst), owned by
 * root, all times zero, so that the same entries always give the same bytes.
 */
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const trailer: CpioEntry = { path: 'TRAILER!!!', mode: 0 };
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => encoded(entry, index + 1)));
}
