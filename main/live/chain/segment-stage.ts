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
  /** Threads of one run: a segment takes the frame in one piece. */
  readonly threads: number;
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

function planOf({ graph, inputSize }: GraphSegment, { width, height, levels, threads }: SegmentGround): StagePlan {
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
