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
