#include "bindings.h"

namespace addon {
namespace {

napi_value initialise(napi_env env, napi_value exports) {
  defineDeviceFunctions(env, exports);
  defineStreamFunctions(env, exports);
  defineSystemFunctions(env, exports);
  return exports;
}

}  // namespace
}  // namespace addon

NAPI_MODULE_INIT() {
  try {
    return addon::initialise(env, exports);
  } catch (const addon::PendingException&) {
    return nullptr;
  }
}
