#pragma once

#include <memory>
#include <node_api.h>

#include "../v4l2/error.h"
#include "value.h"

namespace addon {

/**
 * A native object behind a JavaScript one. `Owned` has `close()`, which may be called twice; it is called at the latest when
 * the JavaScript object is collected or the environment ends, so that no native thread outlives JavaScript.
 */
template <typename Owned>
class Handle {
 public:
  static napi_value wrap(napi_env env, std::shared_ptr<Owned> owned) {
    napi_value object;
    check(env, napi_create_object(env, &object));
    check(env, napi_type_tag_object(env, object, &Owned::typeTag));
    auto holder = std::make_unique<Handle>(Handle{std::move(owned)});
    check(env, napi_add_env_cleanup_hook(env, atExit, holder.get()));
    check(env, napi_wrap(env, object, holder.get(), finalize, nullptr, nullptr));
    holder.release();
    return object;
  }

  static std::shared_ptr<Owned> unwrap(napi_env env, JsValue value) {
    bool matches = false;
    check(env, napi_check_object_type_tag(env, value.raw(), &Owned::typeTag, &matches));
    void* holder = nullptr;
    if (!matches) check(env, napi_invalid_arg);
    check(env, napi_unwrap(env, value.raw(), &holder));
    return static_cast<Handle*>(holder)->owned_;
  }

 private:
  explicit Handle(std::shared_ptr<Owned> owned) : owned_(std::move(owned)) {}

  static void atExit(void* data) { static_cast<Handle*>(data)->owned_->close(); }

  static void finalize(napi_env env, void* data, void*) {
    const std::unique_ptr<Handle> holder(static_cast<Handle*>(data));
    napi_remove_env_cleanup_hook(env, atExit, holder.get());
    holder->owned_->close();
  }

  std::shared_ptr<Owned> owned_;
};

}  // namespace addon
