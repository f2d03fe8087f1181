import { InputError } from '../base/errors.ts';
import { tuningVersion } from './tuning-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** From each version to the next. A migration keeps every field that it does not know. */
const migrations: Readonly<Record<number, (tuning: Json) => Json>> = {
  1: fromSidecarFields,
};

/**
 * Version 1 held what the sidecar of a RAW file holds: one black level, one matrix and one white balance for any gain and light.
 * They become points at gain 1 and in daylight, which then hold everywhere. The geometry of a file is none of a camera.
 */
function fromSidecarFields(tuning: Json): Json {
  const { blackLevel, whiteBalance, srgbFromCamera, ...rest } = tuning;
  const { width: _width, height: _height, bits: _bits, packing: _packing, ...kept } = rest;
  const levels = blackLevel === undefined ? {} : { blackLevels: [{ gain: 1, levels: [0, 1, 2, 3].map(() => blackLevel) }] };
  const matrix = srgbFromCamera === undefined ? {} : { srgbFromCamera };
  const isColoured = whiteBalance !== undefined || srgbFromCamera !== undefined;
  const colour = isColoured ? { colour: [{ cctKelvin: 6500, whiteBalance: whiteBalance ?? [1, 1, 1], ...matrix }] } : {};
  return { ...kept, ...levels, ...colour, version: 2 };
}

/** The content in today's version. Throws InputError for a version that is none, or of a newer program. */
export function migrateTuning(content: unknown, origin: string): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const received = JSON.stringify(content)?.slice(0, 40);
    throw new InputError('tuning.invalid', `Expected an object in ${origin} but received ${received}`, 'Correct the file.');
  }
  let tuning = content as Json;
  for (;;) {
    const { version } = tuning;
    if (version === tuningVersion) return tuning;
    const migrate = typeof version === 'number' ? migrations[version] : undefined;
    if (!migrate) throw unknownVersion(version, origin);
    tuning = migrate(tuning);
  }
}

function unknownVersion(version: unknown, origin: string): InputError {
  const isNewer = typeof version === 'number' && version > tuningVersion;
  return new InputError(
    'tuning.version',
    `Expected a version from 1 to ${tuningVersion} in ${origin} but received ${JSON.stringify(version) ?? 'none'}`,
    isNewer ? 'Update Camera Lab.' : 'Say which version of the tuning file it is.',
  );
}
