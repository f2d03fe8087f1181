import { InputError, shownText } from '../../../base/errors.ts';
import type { Scene } from '../scene.ts';
import { chartScene } from './chart.ts';
import { deadLeavesScene, saturatedLeavesScene } from './dead-leaves.ts';
import { flatFieldScene } from './flat-field.ts';
import { hdrScene } from './hdr.ts';
import { motionScene } from './motion.ts';
import { noisePatchesScene } from './noise-patches.ts';
import { siemensStarScene } from './siemens-star.ts';
import { slantedEdgeScene } from './slanted-edge.ts';
import { userImageScene } from './user-image.ts';
import { zonePlateScene } from './zone-plate.ts';

/** Every scene of the simulator, in the order in which menus show them; the first is the default. */
export const scenes: readonly Scene[] = [
  chartScene,
  slantedEdgeScene,
  siemensStarScene,
  zonePlateScene,
  deadLeavesScene,
  saturatedLeavesScene,
  noisePatchesScene,
  hdrScene,
  motionScene,
  flatFieldScene,
  userImageScene,
];

/** The scene of that id; an InputError that lists the ids where there is none. */
export function sceneOf(id: string): Scene {
  const scene = scenes.find((candidate) => candidate.id === id);
  if (scene !== undefined) return scene;
  const known = scenes.map((candidate) => candidate.id).join(', ');
  throw new InputError('simulator.unknown-scene', `Expected a scene of the simulator (${known}) but received ${shownText(id)}`);
}
