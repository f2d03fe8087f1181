import type { CallName, CallRequest, CallResponse } from '../../../preload/contract.ts';
import { errorFromRecord } from '../../base/errors.ts';
import type { LabService } from '../service.ts';

/** Calls the lab through its contract, as every shell does; a failure becomes the error of the command. */
export async function callLab<N extends CallName>(
  service: LabService,
  name: N,
  payload: CallRequest<N>,
): Promise<CallResponse<N>> {
  const outcome = await service.call(name, payload);
  if (outcome.ok) return outcome.result as CallResponse<N>;
  throw errorFromRecord(outcome.error);
}
