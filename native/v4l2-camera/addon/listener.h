#pragma once

#include <functional>
#include <node_api.h>

#include "value.h"

namespace addon {

/**
 * A JavaScript function that native threads may wake. Waking never blocks: where JavaScript is late, the wake-ups queue and
 * the data waits elsewhere. Keeps the process alive until it is closed.
 */
class Listener {
 public:
  /** `deliver` runs on the JavaScript thread, once per wake, with the function to call. */
  Listener(napi_env env, napi_value function, std::function<void(napi_env, napi_value function)> deliver);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /** JavaScript thread. `deliver` is not called afterwards. */
  ~Listener();

  /** Any thread. */
  void wake();

 private:
  struct Context {
    std::function<void(napi_env, napi_value)> deliver;
  };
  static void call(napi_env env, napi_value function, void* context, void*);
  static void finalize(napi_env, void* context, void*);

  Context* context_;
  napi_threadsafe_function function_ = nullptr;
};

}  // namespace addon
