import type { RawAlgoDecisions } from '../../isp/raw-algo.ts';
import { listingText } from './output.ts';

/** What one frame tells by itself; undecided things are null. */
export interface FrameAnalysis {
  readonly file: string;
  readonly blackLevel?: RawAlgoDecisions['blackLevel'] | null;
  readonly clippingPoint?: RawAlgoDecisions['clippingPoint'] | null;
  readonly cfaOrder?: RawAlgoDecisions['cfaOrder'] | null;
}

/** What all frames tell together. */
export interface FramesAnalysis {
  readonly frames: readonly FrameAnalysis[];
  readonly photonTransfer?: (RawAlgoDecisions['photonTransfer'] & { readonly from: 'pairs' | 'single frames' }) | null;
  readonly defectGrowth?: { readonly known: number; readonly added: readonly (readonly [row: number, column: number])[] } | null;
}

/** What was found in recorded frames, as a table of frames and a line for each thing that all of them tell. */
export function analysisText({ frames, photonTransfer, defectGrowth }: FramesAnalysis): string {
  return [
    listingText(frames.map(rowOf), { emptyText: '' }),
    ...(photonTransfer === undefined ? [] : [noiseText(photonTransfer)]),
    ...(defectGrowth === undefined ? [] : [defectText(defectGrowth)]),
  ].join('\n');
}

function rowOf({ file, blackLevel, clippingPoint, cfaOrder }: FrameAnalysis): object {
  const signed = (dn: number): string => (dn < 0 ? dn.toFixed(2) : `+${dn.toFixed(2)}`);
  return {
    file,
    ...(blackLevel === undefined
      ? {}
      : {
          'black DN': blackLevel ? blackLevel.blackLevels.map((level) => level.toFixed(2)).join(' ') : 'undecided',
          'drift DN': blackLevel ? blackLevel.driftDn.map(signed).join(' ') : '',
        }),
    ...(clippingPoint === undefined ? {} : { 'clips from DN': clippingText(clippingPoint) }),
    ...(cfaOrder === undefined ? {} : { 'CFA order': cfaText(cfaOrder) }),
  };
}

function clippingText(decision: NonNullable<FrameAnalysis['clippingPoint']> | null): string {
  if (!decision) return 'undecided: nothing saturates';
  const { whiteLevel, agrees, clippedSamples } = decision;
  return `${whiteLevel}, ${agrees ? 'as said' : 'NOT as said'} (${clippedSamples} samples)`;
}

function cfaText(decision: NonNullable<FrameAnalysis['cfaOrder']> | null): string {
  if (!decision) return 'undecided: show it strong colours, in focus';
  const { agrees, candidates, by, votes } = decision;
  const orders = agrees ? `${candidates[0]}, as said` : `${candidates.join(' or ')}, NOT as said`;
  return `${orders} (${Math.max(votes.odd, votes.even)} to ${Math.min(votes.odd, votes.even)} by ${by})`;
}

function noiseText(decision: NonNullable<FramesAnalysis['photonTransfer']> | null): string {
  if (!decision) return 'Photon transfer: undecided, since light hardly varies.';
  const { slope, offset, electronsPerDn, readNoiseElectrons, from } = decision;
  const line = `variance = ${slope.toPrecision(4)} · (DN above black) + ${offset.toPrecision(4)}`;
  return `Photon transfer of ${from}: ${line}; ${electronsPerDn.toPrecision(4)} electrons a DN, read noise ${readNoiseElectrons.toPrecision(3)} electrons.`;
}

function defectText(growth: NonNullable<FramesAnalysis['defectGrowth']> | null): string {
  if (!growth) return 'Defects: undecided, three frames are needed at least.';
  const shown = growth.added.slice(0, 8).map(([row, column]) => `(${row}, ${column})`);
  const places =
    shown.length === 0 ? '' : `, at row and column ${shown.join(' ')}${growth.added.length > shown.length ? ' …' : ''}`;
  return `Defects: ${growth.added.length} beside the ${growth.known} that are known${places}.`;
}
