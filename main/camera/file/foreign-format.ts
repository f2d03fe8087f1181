const signatures: readonly (readonly [name: string, at: number, bytes: readonly number[]])[] = [
  ['a JPEG picture', 0, [0xff, 0xd8, 0xff]],
  ['a PNG picture', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]],
  ['a GIF picture', 0, [0x47, 0x49, 0x46, 0x38]],
  ['a PDF document', 0, [0x25, 0x50, 0x44, 0x46]],
  ['a ZIP archive', 0, [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip archive', 0, [0x1f, 0x8b, 0x08]],
  ['a RIFF file (AVI, WebP or WAV)', 0, [0x52, 0x49, 0x46, 0x46]],
  ['an MP4, HEIF or CR3 file', 4, [0x66, 0x74, 0x79, 0x70]],
  ['a Matroska or WebM film', 0, [0x1a, 0x45, 0xdf, 0xa3]],
  ['a SQLite database', 0, [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['a program', 0, [0x7f, 0x45, 0x4c, 0x46]],
];

const textSampleBytes = 512;

/** What a file is that is no headerless RAW file, in words; undefined where its content could be samples. */
export function foreignFormatOf(bytes: Uint8Array): string | undefined {
  const found = signatures.find(([, at, signature]) => signature.every((byte, index) => bytes[at + index] === byte));
  if (found !== undefined) return found[0];
  return isText(bytes.subarray(0, textSampleBytes)) ? 'a text file' : undefined;
}

/** Samples of a real sensor never keep to printable UTF-8 with line ends in it. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return /[\r\n]/.test(text) && /^[\t\r\n\x20-\x7e\u00a0-\u{10ffff}]*$/u.test(text);
  } catch {
    return false;
  }
}

/** Whether the bytes begin like a TIFF file of either byte order: DNG and most makers' RAW files do. */
export function isTiff(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (
    (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) ||
    (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43))
  );
}
