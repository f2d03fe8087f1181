import { type Command, Option } from 'commander';
import { runAnalyse } from './analyse.ts';
import { runCalibrateChart } from './calibrate-chart.ts';
import { runCalibrateDark, runCalibrateFlat, runCalibrateNoise } from './calibrate-sensor.ts';
import { numberFor } from './decimal.ts';
import type { CommandOutput } from './output.ts';
import { addRawOptions } from './raw-arguments.ts';

/** `lab calibrate` with a subcommand for each kind of frame. Returns them all, so that the caller can set them up like every command. */
export function addCalibrate(program: Command, output: CommandOutput): Command[] {
  const calibrate = program
    .command('calibrate')
    .description('measure a camera from RAW files of charts, flat fields and dark frames, and keep it in a tuning file');
  const chart = calibrate
    .command('chart')
    .description('white balance and colour matrix from a ColorChecker, with ΔE00 of every patch')
    .argument('<file>', 'RAW file or CFA DNG')
    .requiredOption(
      '--corners <numbers>',
      'x,y of the centres of the outermost patches: top left, top right, bottom left, bottom right',
    )
    .option('--cct <kelvin>', 'colour temperature of the light, for the tuning file', numberFor('--cct'))
    .addOption(
      new Option('--edition <date>', 'paint of the chart, by the date on its back')
        .choices(['before-november-2014', 'from-november-2014'])
        .default('from-november-2014'),
    )
    .addOption(
      new Option('--light <order>', 'how freely light may vary over the chart')
        .choices(['even', 'plane', 'quadratic'])
        .default('quadratic'),
    )
    .option(
      '--patch-share <share>',
      'of the pitch of patches, how much of the middle is measured',
      numberFor('--patch-share'),
      0.5,
    )
    .addOption(new Option('--stage <name>', 'stage that develops the picture').choices(['fast', 'slow']).default('slow'))
    .action((file, options) => runCalibrateChart(file, options, output));
  const flat = calibrate
    .command('flat')
    .description('lens shading from flat fields of one light; several are averaged')
    .argument('<files...>', 'RAW files or CFA DNGs')
    .option('--cct <kelvin>', 'colour temperature of the light, for the tuning file', numberFor('--cct'))
    .option('--grid <CxR>', 'columns and rows of the grid of gains', '17x13')
    .action((files, options) => runCalibrateFlat(files, options, output));
  const dark = calibrate
    .command('dark')
    .description('black level of each position of the cell and map of hot samples, from dark frames')
    .argument('<files...>', 'RAW files or CFA DNGs')
    .option('--threshold <dn>', 'DN above black from which a sample is hot; ten deviations by default', numberFor('--threshold'))
    .action((files, options) => runCalibrateDark(files, options, output));
  const noise = calibrate
    .command('noise')
    .description('noise model from pairs of frames of one still scene, such as flat fields of several exposures')
    .argument('<files...>', 'RAW files or CFA DNGs: both frames of each pair, one after the other')
    .action((files, options) => runCalibrateNoise(files, options, output));
  const commands = [chart, flat, dark, noise];
  for (const command of commands) {
    addRawOptions(command)
      .option('--black-levels <dn>', 'black level, or four with commas between, in the place of the file’s or the tuning’s')
      .option('--gain <n>', 'gain of the sensor', numberFor('--gain'), 1)
      .option('--tuning <file>', 'tuning file to make')
      .option('--update', 'change that file, which is there already: what is measured anew is replaced, all else stays')
      .option('--camera <name>', 'name of the camera in a new tuning file; that of the file by default')
      .option('--json', 'print JSON');
  }
  return [calibrate, ...commands];
}

/** `lab analyse`. */
export function addAnalyse(program: Command, output: CommandOutput): void {
  const analyse = program
    .command('analyse')
    .description(
      'show what recorded frames tell of their sensor: black-level drift, clipping point, CFA order, noise, new defects',
    )
    .argument('<files...>', 'RAW files or CFA DNGs of one sensor and size');
  addRawOptions(analyse)
    .option('--dark', 'the frames were taken in the dark: all of each shows black')
    .option('--still', 'the frames show one still scene: noise from their differences, and nothing of defects')
    .option(
      '--masked <x,y,width,height>',
      'area of masked samples, which shows black; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--tuning <file>', 'tuning file whose levels, noise and defects the frames are held against')
    .option('--gain <n>', 'gain of the sensor, for the tuning', numberFor('--gain'), 1)
    .option('--json', 'print JSON')
    .action((files, options) => runAnalyse(files, options, output));
}
