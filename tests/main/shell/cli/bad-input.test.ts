import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { dngBlock, writeTiff } from '../../camera/file/dng-writer.ts';
import { commandLine, shotBytes, shotGeometry } from './command-line.ts';

const lab = commandLine();

/** A TIFF directory of 16 x 16 samples of 16 bits with that photometric interpretation. */
function tiff(photometric: number): Uint8Array {
  const block = dngBlock(new Array(256).fill(500), 16, 16, true);
  const tags = {
    50706: [1, 1, 4, 0, 0],
    254: [4, 0],
    256: [4, 16],
    257: [4, 16],
    258: [3, 16],
    259: [3, 1],
    262: [3, photometric],
    277: [3, 1],
  } as const;
  const cfa = { 33421: [3, 2, 2], 33422: [1, 0, 1, 1, 2] } as const;
  return writeTiff({ tags: { ...tags, ...cfa, 278: [4, 16] }, blocks: [block] }, true);
}

beforeAll(async () => {
  await lab.write('shot.raw', shotBytes);
  await lab.write('short.raw', shotBytes.subarray(0, shotBytes.length - 2));
  await lab.write('empty.raw', '');
  await lab.write('note.raw', 'width 64, height 48\n');
  await lab.write('picture.raw', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]));
  await lab.write('half.dng', tiff(32803).subarray(0, 60));
  await lab.write('picture.dng', tiff(1));
  await lab.write('mosaic.dng', tiff(32803));
  await lab.write('wrong.raw', shotBytes);
  await lab.write('wrong.raw.json', '{ "width": 64 }');
  await mkdir(lab.path('folder'));
});

/** Names that stand for files of the folder become their paths. */
function inFolder(args: readonly string[]): string[] {
  return args.map((arg) => (/^(?:@)/.test(arg) ? lab.path(arg.slice(1)) : arg));
}

async function expectRefusal(args: readonly string[], ...sentences: readonly (string | RegExp)[]): Promise<void> {
  const before = await lab.files();
  const { code, results, notes } = await lab.run(...inFolder(args));
  expect(notes).toHaveLength(1);
  for (const sentence of sentences) expect(notes[0]).toMatch(sentence);
  expect(notes[0]).toMatch(/^[A-Z`][^\n]*[.!?]$/i);
  expect(notes[0]).not.toMatch(/\n|undefined|\[object|Error:|\.\./);
  expect({ code, results }).toEqual({ code: 2, results: [] });
  expect(await lab.files()).toEqual(before);
}

const geometryWith = (name: string, value: string): string[] =>
  shotGeometry.map((argument, index) => (shotGeometry[index - 1] === name ? value : argument));

/** Arguments of `process` with a good geometry and output. */
const processing = (...more: readonly string[]): string[] => [
  ...['process', '--input', '@shot.raw', ...shotGeometry],
  ...['--output', '@out.png', ...more],
];

describe('a command that does not exist', () => {
  it.each([
    [['develop'], /unknown command 'develop'/],
    [processing('--colour'), /unknown option '--colour'/],
    [['process', '--output', '@out.png'], /required option '--input <file>'/],
    [['export-session'], /missing required argument 'id'/],
    [['devices', 'all'], /too many arguments/],
    [processing('--stage', 'medium'), /'medium' is invalid.*raw, fast, slow/],
  ])('refuses %j', (args, sentence) => expectRefusal(args, sentence, /lab --help/));
});

describe('a file that cannot be processed', () => {
  const described = (input: string): string[] => ['process', '--input', input, ...shotGeometry, '--output', '@out.png'];

  it('says expected and received bytes and the likely geometry for a size that does not match', () =>
    expectRefusal(
      ['process', '--input', '@shot.raw', ...geometryWith('--width', '66'), '--output', '@out.png'],
      '6336 bytes for 66x48, 10 bits unpacked',
      'has 6144 bytes',
      /Its size fits \d+x\d+, \d+ bits/,
    ));

  it.each([
    ['a truncated file', '@short.raw', 'Expected 6144 bytes'],
    ['a missing file', '@none.raw', 'does not exist'],
    ['a folder', '@folder', 'is a folder'],
    ['an empty file', '@empty.raw', 'is empty'],
    ['text', '@note.raw', 'is a text file'],
    ['a picture', '@picture.raw', 'is a PNG picture'],
    ['a truncated DNG', '@half.dng', /half\.dng/],
    [
      'a DNG that says another geometry',
      '@mosaic.dng',
      /Expected 16 as the width of \S+, which describes itself, but received 64/,
    ],
    ['a DNG that is no mosaic', '@picture.dng', 'holds no colour filter array image'],
  ])('refuses %s', (_, input, sentence) => expectRefusal(described(input), sentence));

  it('asks for the geometry that no sidecar gives, and suggests one', () =>
    expectRefusal(['process', '--input', '@shot.raw', '--output', '@out.png'], 'Expected the geometry of', 'Its size fits'));

  it('names the field that a sidecar lacks', () =>
    expectRefusal(['process', '--input', '@wrong.raw', '--output', '@out.png'], /height in \S*wrong\.raw\.json/));
});

describe('a geometry that cannot be', () => {
  it('names what is missing of it', () =>
    expectRefusal(
      ['process', '--input', '@shot.raw', '--width', '64', '--height', '48', '--output', '@out.png'],
      '--cfa, --bits, --black and --white are missing',
    ));

  it.each([
    ['--black', '64'],
    ['--width', '10'],
  ])('is to be left out for a DNG, where %s is given', (name, value) =>
    expectRefusal(
      ['process', '--input', '@mosaic.dng', name, value, '--output', '@out.png'],
      'Expected the whole geometry of the RAW file but',
      'Leave the geometry out: a DNG describes itself.',
    ),
  );

  it.each([
    ['--width', '63', /a multiple of 2 for width/],
    ['--width', 'wide', 'a number for --width but received wide'],
    ['--height', '0', /at least 2 for height/],
    ['--cfa', 'RGBG', 'Allowed choices are RGGB, GRBG, GBRG, BGGR'],
    ['--bits', '17', /at most 16 for bits/],
    ['--black', '1000', 'less than the white level 1000'],
    ['--white', '1024', 'at most 1023 (10 bits) for whiteLevel'],
  ])('refuses %s %s', (name, value, sentence) =>
    expectRefusal(['process', '--input', '@shot.raw', ...geometryWith(name, value), '--output', '@out.png'], sentence),
  );
});

describe('parameters out of range', () => {
  it.each([
    [['--param', 'exposure_ev=9'], 'a number from -4 to 4 EV for exposure_ev but received 9'],
    [['--param', 'exposure_ev=bright'], 'for exposure_ev but received "bright"'],
    [['--param', 'exposure_ev='], 'a number from -4 to 4 EV for exposure_ev but received ""'],
    [['--param', 'exposure_ev'], 'name=value for --param but received exposure_ev'],
    [['--param', 'brightness=1'], /a parameter of fast-isp \(wb_red_gain, .*\) but received brightness/],
    [['--param', 'output_resolution=eighth'], 'one of full, half, quarter for output_resolution but received "eighth"'],
    [['--param', 'tone_points=0,0 0.5'], 'y never falling for tone_points but received "0.5"'],
    [['--param', 'crop_left=3'], 'for crop_left but received 3'],
    [['--stage', 'raw', '--wb', '1.9,1,1.6'], 'no --wb with --stage raw but received 1.9,1,1.6: RawISP has no white balance'],
    [
      ['--stage', 'raw', '--ccm', '1,0,0,0,1,0,0,0,1'],
      'no --ccm with --stage raw but received 1,0,0,0,1,0,0,0,1: RawISP has no colour',
    ],
    [['--wb', '2,1'], '3 numbers for --wb but received 2,1'],
    [['--wb', '2,0,1'], 'positive gains for --wb but received 2,0,1'],
    [['--wb', '20,1,1'], 'a number from 0.25 to 8 × for wb_red_gain but received 20'],
    [['--ccm', '1,0,0,0,1,0,0,0'], '9 numbers for --ccm'],
    [['--ccm', '1,-1,0,0,1,0,0,0,1'], 'rows with a positive sum for --ccm in the command line but received a row sum of 0.000'],
    [['--ccm', '1,0,0,0,-1,0,0,0,1'], 'rows with a positive sum for --ccm in the command line but received a row sum of -1.000'],
    [['--ccm', '0x1,0,0,0,1,0,0,0,1'], '9 numbers for --ccm'],
    [['--param', 'exposure_ev=0x1'], 'a number from -4 to 4 EV for exposure_ev but received "0x1"'],
    [['--param', 'exposure_ev=0b1'], 'for exposure_ev but received "0b1"'],
    [['--wb', '0x2,1,1'], '3 numbers for --wb but received 0x2,1,1'],
    [['--ccm', '1,0,0,1,0,0,1,0,0'], 'a matrix with an inverse for --ccm'],
  ])('refuses %j', (more, sentence) => expectRefusal(processing(...more), sentence));
});

describe('an output that cannot be written', () => {
  it.each([
    ['a folder that does not exist', '@nowhere/out.png', 'an existing folder but received'],
    ['a folder', '@folder', 'a file to write but received the folder'],
    ['a path through a file', '@shot.raw/out.png', /a folder but received \S*shot\.raw/],
  ])('refuses %s', async (_, output, sentence) => {
    await expectRefusal(['process', '--input', '@shot.raw', ...shotGeometry, '--output', output], sentence);
    await expectRefusal(['export-onnx', '--size', '16x16', '--output', output], sentence);
  });
});

describe('the other commands', () => {
  it.each([
    [
      ['export-onnx', '--size', '1920', '--output', '@m.onnx'],
      'WIDTHxHEIGHT from 8x8 to 65534x65534 for --size but received 1920',
    ],
    [['export-onnx', '--size', '7x8', '--output', '@m.onnx'], 'but received 7x8'],
    [['export-onnx', '--size', '99998x8', '--output', '@m.onnx'], 'but received 99998x8'],
    [['export-onnx', '--param', 'exposure_ev=1', '--output', '@m.onnx'], 'a load-time parameter but received exposure_ev'],
    [['record', '--seconds', '0'], 'for --seconds but received 0'],
    [['record', '--seconds=-1'], 'for --seconds but received -1'],
    [['record', '--seconds', '1e12'], 'for --seconds but received 1000000000000'],
    [['record', '--seconds', '0x5'], 'a number for --seconds but received 0x5'],
    [['record', '--seconds', 'long'], 'a number for --seconds but received long'],
    [['record', '--source', 'webcam'], 'a source of this machine but received webcam'],
    [['record', '--mode', '1x1@1'], /a mode of Sensor simulator \(.*640x360@30\) but received 1x1@1/],
    [['export-session', 'first'], 'a number for <id> but received first'],
    [['export-session', '99', '--out', '@exports'], 'the id of a session but received 99'],
    [['export-session', '1.5', '--out', '@exports'], 'the id of a session but received 1.5'],
    [['serve', '--port', '70000'], 'a port from 0 to 65535 for --port but received 70000'],
    [['serve', '--port=-1'], 'for --port but received -1'],
    [['serve', '--port', '80.5'], 'for --port but received 80.5'],
    [['serve', '--port', 'http'], 'a number for --port but received http'],
  ])('refuses %j', (args, sentence) => expectRefusal(args, sentence));
});
