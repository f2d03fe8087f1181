import type { Graph } from '../../graph/graph.ts';
import { noHalo, planStrips } from '../../graph/strips.ts';
import { type MosaicLevels, mosaicInput, mosaicResult, onMosaics } from '../../processor/chain/mosaic-ends.ts';
import type { ProcessorDeclaration } from '../../processor/declaration.ts';
import { onPictures, pictureInput, picturePorts } from '../../processor/picture-ends.ts';
import type { GraphSegment } from '../../processor/processor-chain.ts';
import type { InputValues, PlanePort, Stage, StagePlan } from '../../processor/stage.ts';

/** What a segment of the chain works on: pictures behind the ISP, or mosaics before it, whose levels it has to know. */
export interface SegmentGround {
  readonly width: number;
  readonly height: number;
  /** Before the ISP. */
  readonly levels?: MosaicLevels;
  /** Threads of one run, where a segment takes the frame in one piece. */
  readonly threads: number;
  /** Where it is cut in strips: their rows, and those around them that the segment's graph is built for as well. */
  readonly strips?: SegmentStrips;
}

/**
 * Neighbouring processors as a stage, so that a model is made of them as of any other. It takes the frames that it sees, the newest
 * first, and makes one, each in a slot of its own. `inputs` are those of the first run.
 */
export function segmentStage(segment: GraphSegment, ground: SegmentGround, inputs: InputValues): Stage {
  return {
    declaration: declarationOf(segment.graph),
    plan: () => planOf(segment, ground),
    inputs: () => inputs,
    defaultsFor: () => ({}),
  };
}

/** How the frames of a segment are cut: the graph's frame has `rows` and `halo` on either side. */
export interface SegmentStrips {
  readonly rows: number;
  readonly halo: number;
}

/** Rows of a strip: lower ones cost more in halos and runs than they gain in the cache, as RGB of floats outgrows it either way. */
const requestedRows = 180;

/** Strips for a segment that depends on `halo` rows, or undefined where the frame is too low to be cut. */
export function segmentStrips(height: number, halo: number): SegmentStrips | undefined {
  const { rowsPerStrip: rows } = planStrips(height, Math.max(requestedRows, 2 * halo), noHalo, 1);
  return rows + 2 * halo < height ? { rows, halo } : undefined;
}

/**
 * Strips of one height that lie within the frame: those at its edges have their own rows at an edge of the graph's frame, which therefore
 * does there what it would do with the whole one.
 */
function stripPlanOf({ graph }: GraphSegment, { width, height }: SegmentGround, { rows, halo }: SegmentStrips): StagePlan {
  const graphRows = rows + 2 * halo;
  const strips = planStrips(height, rows, noHalo, 1);
  const firstRows = strips.strips.map(({ firstRow }) => firstRow);
  const readRows = firstRows.map((row) => Math.min(Math.max(0, row - halo), height - graphRows));
  const plane = (name: string, from: readonly number[], shape: readonly number[]): PlanePort => {
    return { name, type: 'uint8', windows: from.map((row) => ({ offset: row * width * 4, shape })) };
  };
  return {
    graph: onPictures(graph, rows),
    strips,
    inputs: [plane(picturePorts.picture, readRows, [graphRows, width, 4])],
    outputs: [plane(picturePorts.result, firstRows, [rows, width, 4])],
    outputWidth: width,
    outputHeight: height,
    cuts: firstRows.map((row, index) => row - (readRows[index] as number)),
  };
}

function planOf(segment: GraphSegment, ground: SegmentGround): StagePlan {
  const { graph, inputSize } = segment;
  const { width, height, levels, threads, strips } = ground;
  if (strips) return stripPlanOf(segment, ground, strips);
  const ages = Array.from({ length: inputSize }, (_, age) => age);
  const [type, shape] = levels ? (['uint16', [height, width]] as const) : (['uint8', [height, width, 4]] as const);
  const plane = (name: string): PlanePort => ({ name, type, windows: [{ offset: 0, shape }] });
  return {
    graph: levels ? onMosaics(graph, levels) : onPictures(graph),
    strips: planStrips(height, height, noHalo, 1),
    inputs: ages.map((age) => plane(levels ? mosaicInput(age) : pictureInput(age))),
    outputs: [plane(levels ? mosaicResult : picturePorts.result)],
    outputWidth: width,
    outputHeight: height,
    threads,
  };
}

/** A segment has no parameters of its own: those of its members are inputs. */
function declarationOf({ name }: Graph): ProcessorDeclaration {
  return {
    id: name,
    name,
    description: 'Neighbouring processors as one session',
    supportsPrompts: false,
    modes: { video: { default: true } },
    usage: ['main'],
    params: {},
  };
}
