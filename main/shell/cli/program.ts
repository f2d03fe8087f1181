import { Command, CommanderError, Option } from 'commander';
import { productVersion } from '../../base/product.ts';
import { cfaOrders } from '../../frame/pixel-format.ts';
import { packageKinds } from '../../processor/packages/new-package.ts';
import type { CreateShellLab } from '../service.ts';
import { addAnalyse, addCalibrate } from './calibrate-program.ts';
import { runCapture } from './capture.ts';
import { type ControlsOptions, runControls } from './controls.ts';
import { numberFor } from './decimal.ts';
import { runDemoCommand } from './demo.ts';
import { runDevices } from './devices.ts';
import { runDoctor } from './doctor.ts';
import { runExportOnnx } from './export-onnx.ts';
import { runExportScope } from './export-scope.ts';
import { runLevels } from './levels.ts';
import { type CommandOutput, describeFailure, ended, exitCodeOf, processOutput } from './output.ts';
import { runProcess } from './process-file.ts';
import { runNewProcessor, runProcessors, runValidate } from './processors.ts';
import { runProfile } from './profile.ts';
import { addRawOptions } from './raw-arguments.ts';
import { runRecord } from './record.ts';
import { runServe } from './serve.ts';
import { runExportSession, runSessions } from './sessions.ts';
import { addStageOptions } from './stage-arguments.ts';
import { runTuning } from './tuning.ts';
import { runWatch } from './watch.ts';

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Names of the options that the command line has: a default is none of them. */
function givenNames(command: Command): string[] {
  const isGiven = (option: Option): boolean => command.getOptionValueSource(option.attributeName()) === 'cli';
  return command.options.filter(isGiven).map((option) => option.name());
}

function addProcessing(program: Command, output: CommandOutput): void {
  const processing = program
    .command('process')
    .description('run one RAW file or CFA DNG through a stage and write a PNG')
    .requiredOption('--input <file>', 'RAW file or CFA DNG')
    .requiredOption('--output <file>', 'PNG to write');
  addStageOptions(addRawOptions(processing), 'stage to run')
    .option('--depth <bits>', 'bits of a sample in the PNG, where the stage makes more than one', numberFor('--depth'))
    .option('--tuning <file>', 'tuning file of the camera')
    .option('--chain <file>', 'processors around the stage: a chain as the lab keeps it in `chain.json`')
    .option('--compare', 'add to --json what processors that share a session take alone')
    .option('--gain <n>', 'gain of the sensor, for the tuning', numberFor('--gain'), 1)
    .option(
      '--cct <kelvin>',
      "colour temperature of the light, for the tuning; that of the file's own white balance by default",
      numberFor('--cct'),
    )
    .option('--param <name=value>', 'value of a parameter; may be repeated', collect, [])
    .option('--wb <r,g,b>', 'white-balance gains')
    .option('--ccm <numbers>', 'white-balanced camera to linear sRGB, 9 numbers row by row; rows are divided by their sum')
    .option('--json', 'print the result as JSON')
    .action((options) => runProcess(options, output));
  const exporting = program
    .command('export-onnx')
    .description('write a stage or processors as one ONNX model for whole frames')
    .requiredOption('--output <file>', 'ONNX file to write');
  addStageOptions(exporting, 'stage to write')
    .option('--processor <ids>', 'processors to write in place of a stage, with commas between: they run in that order')
    .option('--size <WxH>', 'size of the mosaic, 1920x1080 by default; of the frames of processors, every size where it can be')
    .addOption(new Option('--cfa <order>', 'Bayer order').choices(cfaOrders).default('RGGB'))
    .option('--param <name=value>', 'value of a load-time parameter; may be repeated', collect, [])
    .option('--json', 'print the result as JSON')
    .action((options, command: Command) => runExportOnnx({ ...options, given: givenNames(command) }, output));
  const profiling = program.command('profile').description("show where a stage's time goes, operator by operator, on one thread");
  addStageOptions(profiling, 'stage to profile')
    .option('--size <WxH>', 'size of the mosaic', '1920x1080')
    .option('--frames <n>', 'how many frames the times are means of', numberFor('--frames'), 20)
    .option('--model <file>', "ONNX model in place of the stage's own, with the ports that `export-onnx` gives it")
    .option('--param <name=value>', 'value of a parameter; may be repeated', collect, [])
    .option('--json', 'print the profile as JSON')
    .action((options) => runProfile(options, output));
}

function addSessions(program: Command, createLab: CreateShellLab, output: CommandOutput): void {
  const record = program
    .command('record')
    .description('stream a source without a window and record its telemetry')
    .option('--source <id>', 'source to record, see `devices`', 'simulator:chart')
    .option('--camera <name>', 'the same by id, name or device node such as /dev/video0')
    .option('--mode <id>', 'mode of the source')
    .option('--seconds <n>', 'how long at most; 5 where no number of frames is given', numberFor('--seconds'))
    .option(
      '--frames <n>',
      'how many developed frames; what is lost meanwhile is recorded with its reason',
      numberFor('--frames'),
    )
    .option('--picture <file>', 'PNG to write the newest picture to at the end')
    .option(
      '--chain <ids>',
      'processors around the ISP, joined by commas; id@preprocessor stands before it; they replace the kept ones for good',
    )
    .option('--name <text>', 'name of the session')
    .option('--json', 'print the session as JSON');
  record.action((options) => runRecord(options, createLab, output));
  program
    .command('sessions')
    .description('list the recorded sessions, newest first')
    .option('--json', 'print JSON')
    .action((options) => runSessions(options, output));
  program
    .command('export-session')
    .description("write a session's telemetry as CSV files into a new folder")
    .argument('<id>', 'number of the session, see `sessions`', numberFor('<id>'))
    .option('--out <folder>', 'folder to write into; the data folder by default')
    .option('--json', 'print JSON')
    .action((id, options) => runExportSession(id, options, output));
}

function addCapture(program: Command, output: CommandOutput): void {
  program
    .command('capture')
    .description('store every frame of a V4L2 device in a new folder: RAW with metadata, DNG; other formats as they come')
    .argument('<device>', 'path such as /dev/video0, identity, or a name that only one has')
    .requiredOption('--frames <n>', 'how many', numberFor('--frames'))
    .requiredOption('--output <folder>', 'folder to write into; nothing in it is overwritten')
    .option('--format <name>', 'four-character code such as RG10 or MJPG; as the device has it by default')
    .option('--size <WxH>', 'as the device has it by default')
    .option('--fps <n>', 'frames per second', numberFor('--fps'))
    .option('--black <dn>', 'black level of the sensor', numberFor('--black'))
    .option('--white <dn>', 'first saturated value', numberFor('--white'))
    .option('--no-dng', 'leave out the DNGs of mosaic formats')
    .option('--decode', 'store JPEG frames as PNG too')
    .option('--json', 'print the result as JSON')
    .action((device, options) => runCapture({ device, ...options }, output));
  program
    .command('watch')
    .description('tell of V4L2 devices that come, go or change, until Ctrl-C')
    .option('--json', 'print one JSON object a line')
    .action((options) => runWatch(options, output));
}

function addControls(program: Command, output: CommandOutput): void {
  program
    .command('controls')
    .description("list a camera's controls, and set or reset some of them")
    .argument('<device>', 'source by its id, name or device node, see `devices`')
    .option('--set <name=value>', 'value of a control; may be repeated, and all are written at once', collect, [])
    .option(
      '--reset [name]',
      'back to the default, before anything is set; all controls without a name; may be repeated',
      (name: string, earlier: readonly (string | true)[] | true) => [...(earlier === true ? [true as const] : earlier), name],
      [],
    )
    .option('--json', 'print JSON')
    .action(
      (device: string, { reset, ...options }: Omit<ControlsOptions, 'reset'> & { reset: ControlsOptions['reset'] | true }) =>
        runControls(device, { ...options, reset: reset === true ? [true] : reset }, output),
    );
}

function addLevels(program: Command, output: CommandOutput): void {
  program
    .command('levels')
    .description("list a V4L2 device's black and white levels by format, and give it others")
    .argument('<device>', 'source by its id, name or device node, see `devices`')
    .option('--format <name>', 'four-character code such as RG10; where there are several, needed to give levels')
    .option('--black <dn>', 'black level: one, or four with commas between, row by row of the 2x2 cell')
    .option('--white <dn>', 'first saturated value', numberFor('--white'))
    .option('--reset', 'back to the whole range of the bits')
    .option('--json', 'print JSON')
    .action((device, options) => runLevels(device, options, output));
}

function addTuning(program: Command, output: CommandOutput): void {
  program
    .command('tuning')
    .description('show which tuning file a camera has, and give it another or none')
    .argument('<camera>', 'source by its id, name or device node, see `devices`')
    .option('--set <file>', 'tuning file to check and keep a copy of, in the place of the one that is kept')
    .option('--remove', 'back to what the camera says of itself')
    .option('--json', 'print JSON')
    .action((camera, options) => runTuning(camera, options, output));
}

function addProcessors(program: Command, output: CommandOutput): void {
  program
    .command('processors')
    .description("list the processors of pictures: the lab's own and those of packages, with what keeps one from being used")
    .option('--schema <file>', 'list the parameters of a pipeline of Daydream Scope instead, from its JSON schema')
    .option('--json', 'print JSON')
    .action((options) => runProcessors(options, output));
  program
    .command('validate')
    .description('check a package of a processor by all rules, and run its own tests')
    .argument('<folder>', 'folder with a processor.json')
    .option('--trust', 'trust the code of the package as it is now, here and in the lab')
    .option('--json', 'print the report as JSON')
    .action((folder, options) => runValidate(folder, options, output));
  program
    .command('new-processor')
    .description('write a package of a processor to start from')
    .argument('<name>', 'id of the processor: lower-case words joined by hyphens')
    .option('--out <folder>', 'folder to write it into; `processors` of the data folder by default')
    .addOption(new Option('--kind <kind>', 'a graph in TypeScript, or an ONNX model').choices(packageKinds).default('graph-ts'))
    .action((name, options) => runNewProcessor(name, options, output));
}

function addExportScope(program: Command, output: CommandOutput): void {
  program
    .command('export-scope')
    .description('write a processor, or the tuned ISP chain, as a Python package that Daydream Scope loads')
    .argument('<id>', 'processor that is a graph, see `processors`, or fast-isp for the ISP chain')
    .requiredOption('--out <folder>', 'folder to write; new, or empty')
    .option('--set <name=value>', 'value of a parameter, which becomes its default or is fixed; may be repeated', collect, [])
    .option('--size <WxH>', 'the only size of frames; may be repeated. Every size where it can be, by default', collect, [])
    .option('--tuning <file>', 'tuning file of the camera, for the ISP chain')
    .option('--gain <n>', 'gain of the sensor, for the tuning; 1 by default', numberFor('--gain'))
    .option('--cct <kelvin>', 'colour temperature of the light, for the tuning; daylight by default', numberFor('--cct'))
    .addOption(new Option('--cfa <order>', 'Bayer order for the ISP chain, where the tuning has none').choices(cfaOrders))
    .option('--json', 'print the result as JSON')
    .action((id, options) => runExportScope(id, options, output));
}

/** The command line of the lab. Commands write results to `output.result`; failures reject. */
export function createProgram(createLab: CreateShellLab, output: CommandOutput): Command {
  const program = new Command('lab')
    .description('Camera Lab: a lab for engineers who tune camera ISPs')
    .version(productVersion)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.result(text.trimEnd()), writeErr: () => undefined });
  program
    .command('devices')
    .description('list the sources of this machine')
    .option('--json', 'print JSON')
    .action((options) => runDevices(options, output));
  addControls(program, output);
  addLevels(program, output);
  addTuning(program, output);
  addProcessing(program, output);
  const calibrations = addCalibrate(program, output);
  addAnalyse(program, output);
  addProcessors(program, output);
  addExportScope(program, output);
  addSessions(program, createLab, output);
  addCapture(program, output);
  program
    .command('serve')
    .description('serve the lab to a browser')
    .option('--port <n>', 'port; a free one by default', numberFor('--port'), 0)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .action((options) => runServe(options, createLab, output));
  program
    .command('demo')
    .description('run one simulated frame through both lanes and print its telemetry as CSV')
    .option('--json', 'print JSON')
    .action((options) => runDemoCommand(options, output));
  program
    .command('doctor')
    .description('show what works on this machine, and how to mend what does not')
    .option('--json', 'print JSON')
    .action((options) => runDoctor(options, output));
  for (const command of [...program.commands, ...calibrations]) command.exitOverride().configureOutput(program.configureOutput());
  return program;
}

/** Runs one command line and returns its exit code: 0, 2 for input to mend, 1 for everything else. Never throws. */
export async function runCommandLine(
  args: readonly string[],
  createLab: CreateShellLab,
  output: CommandOutput = processOutput,
): Promise<number> {
  try {
    const program = createProgram(createLab, output);
    if (args.length === 0) {
      output.result(program.helpInformation().trimEnd());
      return 0;
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      const sentence = ended(thrown.message.replace(/^error: /, '').replaceAll('\n', ' '));
      output.note(`${sentence} Run \`lab --help\` for the commands.`);
      return 2;
    }
    output.note(describeFailure(thrown));
    return exitCodeOf(thrown);
  }
}
