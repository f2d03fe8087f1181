import { useEffect, useState } from 'react';
import type { CallName, CallRequest, CallResponse } from '../../../preload/contract.ts';
import type { LabCallError } from '../../client/lab-client.ts';
import { labCallErrorFrom } from '../../client/lab-client.ts';
import { useLab } from '../panel-context.ts';

/** The lab's answer to a question, what went wrong, or neither yet. */
export interface Answer<T> {
  readonly value?: T;
  readonly error?: LabCallError;
}

/** Asks the lab when the component first shows and whenever the request changes; an answer that was overtaken is dropped. */
export function useAnswer<N extends CallName>(name: N, request: CallRequest<N>): Answer<CallResponse<N>> {
  const { client } = useLab();
  const [answer, setAnswer] = useState<Answer<CallResponse<N>>>({});
  const key = JSON.stringify(request);
  useEffect(() => {
    let wanted = true;
    setAnswer({});
    client.call(name, JSON.parse(key) as CallRequest<N>).then(
      (value) => wanted && setAnswer({ value }),
      (thrown: unknown) => wanted && setAnswer({ error: labCallErrorFrom(thrown) }),
    );
    return () => {
      wanted = false;
    };
  }, [client, name, key]);
  return answer;
}
