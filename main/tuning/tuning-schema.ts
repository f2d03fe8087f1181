import { z } from 'zod';

/** Version of the tuning file's layout that this program writes. Older ones are migrated when they are read. */
export const tuningVersion = 2;

const finite = z.number().refine(Number.isFinite);
const gain = z.number().min(0.01).max(10_000).describe('Total gain of the sensor, 1 at its base sensitivity');
const cctKelvin = z.number().min(1000).max(25_000).describe('Correlated colour temperature of the light, kelvin');
const gainOfChannel = z.number().min(0.05).max(50);
const triple = z.tuple([gainOfChannel, gainOfChannel, gainOfChannel]);
const matrix = z
  .tuple([finite, finite, finite, finite, finite, finite, finite, finite, finite])
  .refine((rows) => [0, 3, 6].every((at) => (rows[at] as number) + (rows[at + 1] as number) + (rows[at + 2] as number) > 1e-6), {
    message: 'rows with a positive sum',
  });
const level = z.number().min(0).max(65_535);
const parameterValues = z.record(z.string(), z.union([finite, z.boolean(), z.string()]));

/** Whether a polynomial of a share from 0 to 1 never falls, at steps as fine as a converter's, and rises in all. */
function risesEverywhere(coefficients: readonly number[]): boolean {
  const at = (share: number): number => coefficients.reduceRight((sum, coefficient) => sum * share + coefficient, 0);
  const values = Array.from({ length: 1025 }, (_, step) => at(step / 1024));
  return values.every((value, step) => step === 0 || value >= (values[step - 1] as number)) && at(1) > at(0);
}

const shadingPoint = z
  .strictObject({
    cctKelvin,
    rows: z.int().min(2).max(128),
    columns: z.int().min(2).max(128),
    gains: z
      .array(z.array(z.number().min(0.5).max(16)))
      .length(4)
      .describe('Gains of each position of the 2x2 cell in reading order, row by row from the top left corner'),
  })
  .refine(({ rows, columns, gains }) => gains.every((plane) => plane.length === rows * columns), {
    message: 'as many gains in each plane as rows times columns',
  });

/**
 * Everything that is known of one camera. Levels and noise are in DN of the unpacked sample. Lists with a gain or a colour
 * temperature are points between which the lab interpolates; beyond the outermost ones they stay.
 */
export const tuningSchema = z.strictObject({
  format: z.literal('camera-lab-tuning'),
  version: z.literal(tuningVersion),
  camera: z.string().min(1).max(200).describe('Name of the camera, for people'),
  bits: z
    .int()
    .min(8)
    .max(16)
    .optional()
    .describe('Bits of a sample in the format that all DN here were measured in; of other formats they are scaled'),
  cfa: z.enum(['RGGB', 'GRBG', 'GBRG', 'BGGR']).optional(),
  blackLevels: z
    .array(z.strictObject({ gain, levels: z.tuple([level, level, level, level]) }))
    .min(1)
    .optional()
    .describe('Black level of each position of the 2x2 cell in reading order, by gain'),
  opticalBlack: z
    .strictObject({
      width: z.int().min(2),
      height: z.int().min(2),
      areas: z
        .array(z.strictObject({ top: z.int().min(0), left: z.int().min(0), rows: z.int().min(2), columns: z.int().min(2) }))
        .min(1)
        .describe('Where no light reaches the frame: each frame has the black levels that it shows there'),
    })
    .optional()
    .describe('For frames of one size; needs 64 dark samples of each position of the cell'),
  whiteLevel: z.number().min(1).max(65_535).optional().describe('First saturated DN'),
  linearisation: z
    .array(level)
    .min(2)
    .max(4096)
    .refine((table) => table.every((value, index) => index === 0 || value >= (table[index - 1] as number)), {
      message: 'values that never fall',
    })
    .refine((table) => (table.at(-1) as number) > (table[0] as number), { message: 'values that rise' })
    .optional()
    .describe('Linear DN for DN 0 to the largest in even steps, first and last included'),
  linearisationPolynomial: z
    .array(finite)
    .min(2)
    .max(9)
    .refine(risesEverywhere, { message: 'coefficients of a curve that rises from DN 0 to the largest' })
    .optional()
    .describe('Linear DN = sum of coefficient * (DN / largest DN)^power, lowest power first; in the place of a table'),
  noise: z
    .array(z.strictObject({ gain, slope: z.number().min(0), offset: z.number().min(0) }))
    .min(1)
    .optional()
    .describe('Variance = slope * (DN above black) + offset, by gain'),
  defects: z
    .strictObject({
      width: z.int().min(2),
      height: z.int().min(2),
      positions: z.array(z.tuple([z.int().min(0), z.int().min(0)])).describe('Row and column of each defect'),
    })
    .optional(),
  shading: z.array(shadingPoint).min(1).optional(),
  colour: z
    .array(
      z.strictObject({
        cctKelvin,
        whiteBalance: triple.describe('Gains of red, green and blue that make grey neutral in this light'),
        srgbFromCamera: matrix.optional().describe('White-balanced camera RGB to linear sRGB, row by row'),
        srgbFromCameraEncoded: matrix
          .optional()
          .describe(
            'The same for values that the sRGB curve has encoded, which FastISP mixes; srgbFromCamera where it is absent',
          ),
      }),
    )
    .min(1)
    .optional(),
  tone: parameterValues.optional().describe('Values of tone parameters, by name'),
  noiseReduction: z
    .array(z.strictObject({ gain, values: z.record(z.string(), finite) }))
    .min(1)
    .optional()
    .describe('Values of noise-reduction and sharpening parameters, by gain'),
  algorithms: z
    .strictObject({
      exposure: parameterValues.optional(),
      whiteBalance: parameterValues.optional(),
      focus: parameterValues.optional(),
    })
    .optional()
    .describe("Values of FastAlgo's parameters, by name"),
});

/** A tuning file's content; see {@link tuningSchema}. */
export type Tuning = z.infer<typeof tuningSchema>;

/** The published JSON Schema (draft 2020-12) of the tuning file. */
export function tuningJsonSchema(): object {
  return {
    title: 'Camera Lab tuning file',
    ...z.toJSONSchema(tuningSchema, { io: 'input' }),
  };
}
