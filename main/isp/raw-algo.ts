import { type BlackLevelDecision, type BlackLevelInputs, decideBlackLevel } from './raw-algo/black-level.ts';
import { type CfaOrderDecision, type CfaOrderInputs, decideCfaOrder } from './raw-algo/cfa-order.ts';
import { type ClippingDecision, type ClippingInputs, decideClippingPoint } from './raw-algo/clipping-point.ts';
import { type DefectGrowthDecision, type DefectGrowthInputs, growDefectMap } from './raw-algo/defect-growth.ts';
import type { Intent } from './raw-algo/intent.ts';
import { fitPhotonTransfer, type PhotonTransferDecision, type PhotonTransferInputs } from './raw-algo/photon-transfer.ts';

/** What RawAlgo can look at, each by the name of what it decides. */
export interface RawAlgoInputs {
  readonly blackLevel: BlackLevelInputs;
  readonly defectGrowth: DefectGrowthInputs;
  readonly photonTransfer: PhotonTransferInputs;
  readonly cfaOrder: CfaOrderInputs;
  readonly clippingPoint: ClippingInputs;
}

/** What RawAlgo can decide, under the same names. */
export interface RawAlgoDecisions {
  readonly blackLevel: BlackLevelDecision;
  readonly defectGrowth: DefectGrowthDecision;
  readonly photonTransfer: PhotonTransferDecision;
  readonly cfaOrder: CfaOrderDecision;
  readonly clippingPoint: ClippingDecision;
}

/** Intents of RawAlgo by what they are about; each holds all that it was decided from. */
export type RawAlgoIntents = { readonly [K in keyof RawAlgoInputs]?: Intent<RawAlgoDecisions[K], RawAlgoInputs[K]> };

const deciders: {
  readonly [K in keyof RawAlgoInputs]: (inputs: RawAlgoInputs[K]) => Intent<RawAlgoDecisions[K], RawAlgoInputs[K]>;
} = {
  blackLevel: decideBlackLevel,
  defectGrowth: growDefectMap,
  photonTransfer: fitPhotonTransfer,
  cfaOrder: decideCfaOrder,
  clippingPoint: decideClippingPoint,
};

/**
 * The algorithm side of RawISP: an intent for each input that is there. It changes nothing and remembers nothing, so that recorded inputs
 * give the recorded decisions again.
 */
export function decideRaw(inputs: Partial<RawAlgoInputs>): RawAlgoIntents {
  const names = Object.keys(deciders) as (keyof RawAlgoInputs)[];
  const entries = names.flatMap((name) => {
    const input = inputs[name];
    return input === undefined ? [] : [[name, (deciders[name] as (given: typeof input) => unknown)(input)] as const];
  });
  return Object.fromEntries(entries) as RawAlgoIntents;
}
