import { expect, test } from 'vitest';
import { LatestValueSender } from '../../../renderer/store/latest-value-sender.ts';

function senderUnderTest() {
  const frames: (() => void)[] = [];
  const sent: Record<string, number>[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  const sender = new LatestValueSender<number>({
    schedule: (callback) => frames.push(callback),
    send(values) {
      sent.push(values);
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      return answer.promise;
    },
  });
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { sender, sent, answers, frames, nextFrame: () => frames.shift()?.(), settled };
}

test('sends nothing before the animation frame, then the newest value of each name', () => {
  const { sender, sent, nextFrame } = senderUnderTest();
  for (const value of [1, 2, 3]) sender.queue({ gain: value });
  sender.queue({ tone: 9 });
  expect(sent).toEqual([]);
  nextFrame();
  expect(sent).toEqual([{ gain: 3, tone: 9 }]);
});

test('one delivery at a time; what came meanwhile leaves as one, and the last value always lands', async () => {
  const { sender, sent, answers, frames, nextFrame, settled } = senderUnderTest();
  sender.queue({ gain: 1 });
  nextFrame();
  for (const value of [2, 3, 4]) sender.queue({ gain: value });
  expect(frames).toEqual([]);
  answers[0]?.resolve();
  await settled();
  nextFrame();
  expect(sent).toEqual([{ gain: 1 }, { gain: 4 }]);
});

test('at rest it plans nothing', async () => {
  const { sender, answers, frames, nextFrame, settled } = senderUnderTest();
  sender.queue({ gain: 1 });
  nextFrame();
  answers[0]?.resolve();
  await settled();
  expect(frames).toEqual([]);
});
