import type { Graph } from '../../graph/graph.ts';
import { noHalo, planStrips } from '../../graph/strips.ts';
import { type MosaicLevels, mosaicInput, mosaicResult, onMosaics } from '../../processor/chain/mosaic-ends.ts';
import type { ProcessorDeclaration } from '../../processor/declaration.ts';
import { onPictures, pictureInput, picturePorts } from '../../processor/picture-ends.ts';
import type { GraphSegment } from '../../processor/processor-chain.ts';
import { elementsOf, type InputValues, type PlanePort, type Stage, type StagePlan } from '../../processor/stage.ts';

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

/** Rows of a strip, within a tenth as fast as 60 and 180; many strips leave no core without one at the end of a frame. */
const requestedRows = 90;
/** Least rows of a strip for each of its halo, whose rows are made twice. */
const rowsPerHaloRow = 6;

/**
 * Strips for a segment that depends on `halo` rows, or undefined where the frame is too low to be cut. Both are multiples of `rowMultiple`:
 * 2 before the ISP, where a frame is made of cells.
 */
export function segmentStrips(height: number, halo: number, rowMultiple: 1 | 2 = 1): SegmentStrips | undefined {
  if (height % rowMultiple !== 0) return undefined;
  const wholeHalo = Math.ceil(halo / rowMultiple) * rowMultiple;
  const { rowsPerStrip: rows } = planStrips(height, Math.max(requestedRows, rowsPerHaloRow * wholeHalo), noHalo, rowMultiple);
  return rows + 2 * wholeHalo < height ? { rows, halo: wholeHalo } : undefined;
}

/**
 * Strips of one height that lie within the frame: those at its edges have their own rows at an edge of the graph's frame, which therefore
 * does there what it would do with the whole one. A frame that is not cut is one strip without a halo.
 */
function planOf({ graph, inputSize }: GraphSegment, ground: SegmentGround): StagePlan {
  const { width, height, levels, threads, strips } = ground;
  const { rows, halo } = strips ?? { rows: height, halo: 0 };
  const graphRows = rows + 2 * halo;
  const plan = planStrips(height, rows, noHalo, levels ? 2 : 1);
  const firstRows = plan.strips.map(({ firstRow }) => firstRow);
  const readRows = firstRows.map((row) => Math.min(Math.max(0, row - halo), height - graphRows));
  const [type, channels] = levels ? (['uint16', []] as const) : (['uint8', [4]] as const);
  const planeFrom = (name: string, from: readonly number[], stripRows: number): PlanePort => {
    const shape = [stripRows, width, ...channels];
    return { name, type, windows: from.map((row) => ({ offset: (row * elementsOf(shape)) / stripRows, shape })) };
  };
  const ages = Array.from({ length: inputSize }, (_, age) => age);
  const stripRows = strips && rows;
  const cut = { cuts: firstRows.map((row, index) => row - (readRows[index] as number)), firstRows: readRows };
  return {
    graph: levels ? onMosaics(graph, levels, stripRows) : onPictures(graph, stripRows),
    strips: plan,
    inputs: ages.map((age) => planeFrom(levels ? mosaicInput(age) : pictureInput(age), readRows, graphRows)),
    outputs: [planeFrom(levels ? mosaicResult : picturePorts.result, firstRows, rows)],
    outputWidth: width,
    outputHeight: height,
    ...(strips ? cut : { threads }),
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
