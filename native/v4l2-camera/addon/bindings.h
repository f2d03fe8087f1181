#pragma once

#include <node_api.h>

#include "value.h"

namespace addon {

/** Opening, formats, inputs and controls. */
void defineDeviceFunctions(napi_env env, napi_value exports);
/** Streaming and its slots. */
void defineStreamFunctions(napi_env env, napi_value exports);
/** What needs no open device: discovery, hot-plug, holders, memory, unpacking. */
void defineSystemFunctions(napi_env env, napi_value exports);

/** Adds one function to the module. */
template <napi_value (*function)(napi_env, napi_callback_info)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value value;
  check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<function>, nullptr, &value));
  check(env, napi_set_named_property(env, exports, name, value));
}

}  // namespace addon
