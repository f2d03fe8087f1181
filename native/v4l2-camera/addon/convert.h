#pragma once

#include <node_api.h>

#include "../v4l2/controls.h"
#include "../v4l2/discovery.h"
#include "../v4l2/formats.h"
#include "../v4l2/frame-exchange.h"
#include "value.h"

namespace addon {

napi_value capabilityToJs(napi_env env, const v4l2::Capability& capability);
napi_value summaryToJs(napi_env env, const v4l2::DeviceSummary& summary);
napi_value formatDescriptionToJs(napi_env env, const v4l2::FormatDescription& description);
napi_value formatToJs(napi_env env, const v4l2::Format& format);
napi_value fractionToJs(napi_env env, const v4l2::Fraction& fraction);
napi_value controlToJs(napi_env env, const v4l2::ControlDescription& control);
napi_value controlValueToJs(napi_env env, const v4l2::ControlValue& value);
napi_value deliveryToJs(napi_env env, const v4l2::Delivery& delivery);
napi_value countersToJs(napi_env env, const v4l2::Counters& counters);

v4l2::FormatRequest formatRequestOf(JsValue request);
v4l2::ControlValue controlValueOf(JsValue value);

}  // namespace addon
