import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { LoadedModel, ModelManager } from '../runtime/model-manager.ts';

/** Gives a model back once no envelope names it; at once where none does or where `isInUse`, since another use of it goes on. */
export function releaseWhenUnused(
  { dispatcher, models }: { readonly dispatcher: CompletionDispatcher; readonly models: ModelManager },
  model: LoadedModel,
  isInUse: boolean,
): void {
  if (isInUse || dispatcher.pending(model.hash) === 0) {
    models.release(model);
    return;
  }
  const unsubscribe = dispatcher.completed.subscribe(() => {
    if (dispatcher.pending(model.hash) > 0) return;
    unsubscribe();
    models.release(model);
  });
}

/** Whether two models make pictures of one size, so that one can take the place of the other within a stream. */
export function areSameSize({ plan: one }: LoadedModel, { plan: other }: LoadedModel): boolean {
  return one.outputWidth === other.outputWidth && one.outputHeight === other.outputHeight;
}

/** What is built around a model that nothing uses yet; where that rejects, the model is given back first. */
export async function orReleased<T>(models: ModelManager, model: LoadedModel, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (thrown) {
    models.release(model);
    throw thrown;
  }
}
