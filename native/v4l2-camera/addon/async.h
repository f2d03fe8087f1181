#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <node_api.h>
#include <optional>
#include <utility>

#include "value.h"

namespace addon {

/** For work that leaves nothing to tidy up when it fails. */
inline void nothingToUndo(napi_env) {}

/**
 * Runs `work` on the thread pool and settles the promise that it returns with `convert(env, result)` or with the Error that
 * was thrown, after `undo(env)`. `work` must not use Node-API; what it captures is destroyed on the JavaScript thread.
 */
template <typename Work, typename Convert, typename Undo = void (*)(napi_env)>
napi_value runAsync(napi_env env, Work work, Convert convert, Undo undo = nothingToUndo) {
  using Result = decltype(work());
  struct Task {
    Work work;
    Convert convert;
    Undo undo;
    std::optional<Result> result;
    std::exception_ptr failure;
    napi_deferred deferred = nullptr;
    napi_async_work handle = nullptr;

    static void execute(napi_env, void* data) {
      auto* task = static_cast<Task*>(data);
      try {
        task->result.emplace(task->work());
      } catch (...) {
        task->failure = std::current_exception();
      }
    }

    static void complete(napi_env env, napi_status, void* data) {
      const std::unique_ptr<Task> task(static_cast<Task*>(data));
      napi_delete_async_work(env, task->handle);
      try {
        if (task->result) {
          napi_resolve_deferred(env, task->deferred, task->convert(env, *task->result));
          return;
        }
        task->undo(env);
        std::rethrow_exception(task->failure);
      } catch (const PendingException&) {
        napi_value exception;
        napi_get_and_clear_last_exception(env, &exception);
        napi_reject_deferred(env, task->deferred, exception);
      } catch (...) {
        napi_reject_deferred(env, task->deferred, currentExceptionToJs(env));
      }
    }
  };
  auto task = std::make_unique<Task>(Task{std::move(work), std::move(convert), std::move(undo), std::nullopt, nullptr});
  napi_value promise;
  check(env, napi_create_promise(env, &task->deferred, &promise));
  check(env, napi_create_async_work(env, nullptr, toJs(env, "v4l2-camera"), Task::execute, Task::complete, task.get(),
                                    &task->handle));
  check(env, napi_queue_async_work(env, task->handle));
  task.release();
  return promise;
}

/** For work that has no result. */
struct Nothing {};
inline napi_value nothingToJs(napi_env env, const Nothing&) { return undefined(env); }

}  // namespace addon
