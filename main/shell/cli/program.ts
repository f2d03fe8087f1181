import { Command, CommanderError, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import { productVersion } from '../../base/product.ts';
import { cfaOrders } from '../../frame/pixel-format.ts';
import type { CreateShellLab } from '../service.ts';
import { runDevices } from './devices.ts';
import { runDoctor } from './doctor.ts';
import { runExportOnnx } from './export-onnx.ts';
import { type CommandOutput, describeFailure, exitCodeOf, processOutput } from './output.ts';
import { runProcess } from './process-file.ts';
import { runRecord } from './record.ts';
import { runServe } from './serve.ts';
import { runExportSession, runSessions } from './sessions.ts';

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Parses the number that `name` takes, so that a refusal can say where it stood. */
function numberFor(name: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw new InputError('cli.number', `Expected a number for ${name} but received ${text}`);
  };
}

function addRawOptions(command: Command): Command {
  return command
    .option('--width <pixels>', 'width of a headerless RAW file', numberFor('--width'))
    .option('--height <pixels>', 'its height', numberFor('--height'))
    .addOption(new Option('--cfa <order>', 'its Bayer order').choices(cfaOrders))
    .option('--bits <n>', 'significant bits of a sample, 8 to 16', numberFor('--bits'))
    .option('--black <dn>', 'black level', numberFor('--black'))
    .option('--white <dn>', 'first saturated value', numberFor('--white'))
    .addOption(new Option('--packing <layout>', 'layout of the samples').choices(['unpacked', 'mipi']));
}

function addProcessing(program: Command, output: CommandOutput): void {
  const processing = program
    .command('process')
    .description('run one RAW file or CFA DNG through a stage and write a PNG')
    .requiredOption('--input <file>', 'RAW file or CFA DNG')
    .requiredOption('--output <file>', 'PNG to write');
  addRawOptions(processing)
    .addOption(new Option('--stage <name>', 'stage to run').choices(['fast']).default('fast'))
    .option('--param <name=value>', 'value of a parameter; may be repeated', collect, [])
    .option('--wb <r,g,b>', 'white-balance gains')
    .option('--ccm <numbers>', 'camera to linear sRGB, 9 numbers row by row, separated by commas or spaces')
    .option('--json', 'print the result as JSON')
    .action((options) => runProcess(options, output));
  program
    .command('export-onnx')
    .description('write a stage as one ONNX model for whole frames')
    .requiredOption('--output <file>', 'ONNX file to write')
    .addOption(new Option('--stage <name>', 'stage to write').choices(['fast']).default('fast'))
    .option('--size <WxH>', 'size of the mosaic', '1920x1080')
    .addOption(new Option('--cfa <order>', 'Bayer order').choices(cfaOrders).default('RGGB'))
    .option('--param <name=value>', 'value of a load-time parameter; may be repeated', collect, [])
    .option('--json', 'print the result as JSON')
    .action((options) => runExportOnnx(options, output));
}

function addSessions(program: Command, createLab: CreateShellLab, output: CommandOutput): void {
  const record = program
    .command('record')
    .description('stream a source without a window and record its telemetry')
    .option('--source <id>', 'source to record, see `devices`', 'simulator:chart')
    .option('--mode <id>', 'mode of the source')
    .option('--seconds <n>', 'how long', numberFor('--seconds'), 5)
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
  addProcessing(program, output);
  addSessions(program, createLab, output);
  program
    .command('serve')
    .description('serve the lab to a browser')
    .option('--port <n>', 'port; a free one by default', numberFor('--port'), 0)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .action((options) => runServe(options, createLab, output));
  program
    .command('doctor')
    .description('show what works on this machine, and how to mend what does not')
    .option('--json', 'print JSON')
    .action((options) => runDoctor(options, output));
  for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput());
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
      output.note(`${thrown.message.replace(/^error: /, '').replaceAll('\n', ' ')}. Run \`lab --help\` for the commands.`);
      return 2;
    }
    output.note(describeFailure(thrown));
    return exitCodeOf(thrown);
  }
}
