import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fastIsp } from '../../../../main/isp/fast-isp.ts';
import { Catalogue } from '../../../../main/live/chain/catalogue.ts';
import { parseStoredChain } from '../../../../main/live/chain/chain-file.ts';
import { membersOf, singleChain } from '../../../../main/live/chain/stored-members.ts';
import { processMosaic } from '../../../../main/live/single-frame.ts';
import { PackageSettings } from '../../../../main/processor/packages/package-settings.ts';
import { nextOf } from '../../../support/next-announcement.ts';
import { seededRandom } from '../../../support/synthetic-mosaic.ts';
import { packageFolders } from '../../processor/packages/package-folder.ts';
import { liveBenches } from '../live-bench.ts';
import { openChainBench } from './chain-bench.ts';

const open = liveBenches();
const folders = packageFolders();

it('makes of a kept chain and a frame the bytes that the stream made of them', async () => {
  const b = await openChainBench(open, folders, { name: 'kept' });
  b.chain.add('temporal-denoise', { place: 'preprocessor' });
  for (const id of ['vignette-correction', 'edge-view', 'unsharp-mask', 'prompt-style', 'false-colour']) b.chain.add(id);
  b.chain.change('false-colour', { bypass: true });
  b.chain.setPrompts('prompt-style', [{ text: 'warm and vivid', weight: 1 }]);
  b.processors.parametersOf('vignette-correction').set({ vignette_amount: 1.5 });
  b.processors.parametersOf('unsharp-mask').setLoadTime({ unsharp_sigma: 2 });
  const camera = await b.streaming();
  await b.stream.rebuildChain();
  let live: Uint8Array | undefined;
  const [width, height] = [32, 24];
  b.dispatcher.published.subscribe(({ picture }) => {
    live = picture.bytes(width * height * 4).slice();
  });
  const random = seededRandom(5);
  const samples = Uint16Array.from({ length: width * height }, () => 64 + Math.floor(random() * 900));
  const completed = nextOf(b.dispatcher.completed, 'a frame', () => true);
  const frame = camera.sink.reserve();
  if (!frame) throw new Error('Expected a free slot');
  frame.samples.set(samples);
  const { sensor } = camera;
  camera.sink.publish(frame, { sequence: 1, timestampNs: process.hrtime.bigint(), width, height, sensor, controls: {} });
  const { event } = await completed;
  expect(event.passes?.map(({ stage, error }) => [stage, error])).toEqual([
    ['temporal-denoise', undefined],
    ['fast-isp', undefined],
    ['vignette-correction+edge-view+unsharp-mask', undefined],
    ['prompt-style', undefined],
  ]);

  await b.saved();
  const path = folders.path('kept', 'chain.json');
  const settings = await PackageSettings.open(folders.path('kept', 'settings.json'));
  const catalogue = new Catalogue({ library: b.library, settings, userFolder: folders.path('kept', 'own') });
  const members = membersOf(parseStoredChain(await readFile(path, 'utf8'), path), catalogue);
  expect(members.map(({ item }) => item.key)).not.toContain('false-colour');
  const mosaic = { width, height, samples, sensor };
  const around = (parts: Parameters<typeof singleChain>[1]): ReturnType<typeof singleChain> => singleChain(members, parts);
  const made = await processMosaic(fastIsp, mosaic, b.parameters.current.values, 1, around);
  expect(made.pixels.findIndex((byte, index) => byte !== live?.[index])).toBe(-1);
  const plain = await processMosaic(fastIsp, mosaic, b.parameters.current.values, 1);
  expect(plain.pixels).not.toEqual(made.pixels);
});
