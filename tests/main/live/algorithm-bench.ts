import { fastAlgoDeclaration } from '../../../main/isp/fast-algo-parameters.ts';
import { slowAlgoDeclaration } from '../../../main/isp/slow-algo-parameters.ts';
import { AlgorithmDesk } from '../../../main/live/algorithm-desk.ts';
import { developmentDeclaration } from '../../../main/live/development-parameters.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import type { DecisionRow } from '../../../main/telemetry/rows.ts';
import type { ExposedCamera } from './exposed-camera.ts';
import { type BenchOptions, type LiveBench, liveBenches } from './live-bench.ts';
import type { ScriptedCamera } from './scripted-camera.ts';

/** The desk of the algorithms over a live stream, with everything that a test wants to look at. */
export interface AlgorithmBench {
  readonly lab: LiveBench;
  readonly desk: AlgorithmDesk;
  readonly parameters: ParameterStore;
  readonly sceneParameters: ParameterStore;
  readonly developmentParameters: ParameterStore;
  readonly decisions: DecisionRow[];
  readonly notices: string[];
  /** Delivers a frame and resolves with what was decided from it; from the first one that is measured on, every frame is. */
  decisionsOn(camera: ExposedCamera): Promise<readonly DecisionRow[]>;
}

async function algorithmBench(lab: LiveBench, camera: ScriptedCamera): Promise<AlgorithmBench> {
  const { stream, controls, dispatcher, resources, models, threading, parameters: stageParameters } = lab;
  const parameters = new ParameterStore(fastAlgoDeclaration.id, fastAlgoDeclaration.params);
  const sceneParameters = new ParameterStore(slowAlgoDeclaration.id, slowAlgoDeclaration.params);
  const developmentParameters = new ParameterStore(developmentDeclaration.id, developmentDeclaration.params);
  const live = { stream, controls, dispatcher, resources, models, threading };
  const desk = new AlgorithmDesk({ ...live, parameters, sceneParameters, stageParameters, developmentParameters });
  const decisions: DecisionRow[] = [];
  const notices: string[] = [];
  desk.decided.subscribe((row) => decisions.push(row));
  desk.noticed.subscribe(({ message }) => notices.push(message));
  await stream.open(async () => camera);
  await stream.start();
  const decisionsOn = async (exposed: ExposedCamera): Promise<readonly DecisionRow[]> => {
    for (;;) {
      const before = decisions.length;
      exposed.expose();
      await lab.settled();
      // The camera's answer to a write is a promise of its own.
      await new Promise((resolve) => setImmediate(resolve));
      if (decisions.length > before) return decisions.slice(before);
    }
  };
  return { lab, desk, parameters, sceneParameters, developmentParameters, decisions, notices, decisionsOn };
}

/** Shares one lane among the tests of a file; each stream of a camera is closed after its test. */
export function algorithmBenches(
  lanes: Parameters<typeof liveBenches>[0] = {},
): (camera: ScriptedCamera, options?: BenchOptions) => Promise<AlgorithmBench> {
  const bench = liveBenches(lanes);
  return (camera, options) => algorithmBench(bench(options), camera);
}
