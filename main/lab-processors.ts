import { fastAlgoDeclaration } from './isp/fast-algo-parameters.ts';
import { fastIsp } from './isp/fast-isp.ts';
import { slowAlgoDeclaration } from './isp/slow-algo-parameters.ts';
import { developmentDeclaration } from './live/development-parameters.ts';
import { ProcessorDesk } from './live/processor-desk.ts';
import { ParameterStore } from './processor/parameter-store.ts';

/** What the lab's own processors are set to: each one's store by itself, and all of them for whoever asks by id. */
export interface LabProcessors {
  /** Of FastISP, the stage of the live path. */
  readonly parameters: ParameterStore;
  /** Of SlowISP, which develops frames behind it. */
  readonly slowParameters: ParameterStore;
  /** Of FastAlgo. */
  readonly algorithmParameters: ParameterStore;
  /** Of SlowAlgo. */
  readonly sceneParameters: ParameterStore;
  /** In the order of their tabs. */
  readonly processors: ProcessorDesk;
}

/** New stores at their defaults. */
export function createProcessors(): LabProcessors {
  const parameters = new ParameterStore(fastIsp.declaration.id, fastIsp.declaration.params);
  const slowParameters = new ParameterStore(developmentDeclaration.id, developmentDeclaration.params);
  const algorithmParameters = new ParameterStore(fastAlgoDeclaration.id, fastAlgoDeclaration.params);
  const sceneParameters = new ParameterStore(slowAlgoDeclaration.id, slowAlgoDeclaration.params);
  const processors = new ProcessorDesk([
    { declaration: fastIsp.declaration, parameters },
    { declaration: developmentDeclaration, parameters: slowParameters },
    { declaration: fastAlgoDeclaration, parameters: algorithmParameters },
    { declaration: slowAlgoDeclaration, parameters: sceneParameters },
  ]);
  return { parameters, slowParameters, algorithmParameters, sceneParameters, processors };
}
