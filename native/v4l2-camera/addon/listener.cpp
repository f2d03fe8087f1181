#include "listener.h"

#include <memory>

namespace addon {

Listener::Listener(napi_env env, napi_value function, std::function<void(napi_env, napi_value)> deliver) {
  auto context = std::make_unique<Context>(Context{std::move(deliver)});
  check(env, napi_create_threadsafe_function(env, function, nullptr, toJs(env, "v4l2-camera"), 0, 1, nullptr, finalize,
                                             context.get(), call, &function_));
  context_ = context.release();
}

Listener::~Listener() {
  context_->deliver = nullptr;
  // The context lives until Node-API has let go of the function, which it does later on this thread.
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
}

void Listener::wake() {
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Listener::call(napi_env env, napi_value function, void* context, void*) {
  // A copy, because the listener may close itself while it runs.
  const auto deliver = static_cast<Context*>(context)->deliver;
  // Without an environment the program is ending and nobody can be told.
  if (env == nullptr || !deliver) return;
  try {
    deliver(env, function);
  } catch (const PendingException&) {
    // What the listener threw stays pending: Node reports it as an uncaught exception.
  }
}

void Listener::finalize(napi_env, void* context, void*) {
  delete static_cast<Context*>(context);
}

}  // namespace addon
