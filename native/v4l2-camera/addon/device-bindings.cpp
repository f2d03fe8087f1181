#include "async.h"
#include "bindings.h"
#include "convert.h"
#include "handle.h"
#include "session.h"

namespace addon {
namespace {

using SessionHandle = Handle<Session>;

napi_value open(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const std::string path = arguments[0].string();
  auto session = std::make_shared<Session>(env, arguments[1].raw());
  napi_value handle = SessionHandle::wrap(env, session);
  napi_ref kept;
  // The handle reaches JavaScript only with the answer and must not be collected before.
  check(env, napi_create_reference(env, handle, 1, &kept));
  return runAsync(
      env,
      [session, path] {
        session->attach(path);
        return session->device()->capability();
      },
      [kept](napi_env e, const v4l2::Capability& capability) {
        napi_value wrapped;
        check(e, napi_get_reference_value(e, kept, &wrapped));
        napi_delete_reference(e, kept);
        return ObjectBuilder(e).set("handle", wrapped).set("capability", capabilityToJs(e, capability)).value();
      },
      [session, kept](napi_env e) {
        napi_delete_reference(e, kept);
        session->close();
      });
}

napi_value close(napi_env env, napi_callback_info info) {
  const auto session = SessionHandle::unwrap(env, argumentsOf(env, info, 1)[0]);
  return runAsync(
      env,
      [session] {
        session->detach();
        return Nothing{};
      },
      [session](napi_env e, Nothing) {
        session->close();
        return undefined(e);
      });
}

/** Runs `work(device)` on the thread pool. */
template <typename Work, typename Convert>
napi_value withDevice(napi_env env, JsValue handle, Work work, Convert convert) {
  const auto device = SessionHandle::unwrap(env, handle)->device();
  return runAsync(env, [device, work] { return work(*device); }, convert);
}

template <typename Item, napi_value (*convertItem)(napi_env, const Item&)>
napi_value listToJs(napi_env env, const std::vector<Item>& items) {
  return arrayOf(env, items, convertItem);
}

napi_value listFormats(napi_env env, napi_callback_info info) {
  return withDevice(env, argumentsOf(env, info, 1)[0], v4l2::enumerateFormats,
                    listToJs<v4l2::FormatDescription, formatDescriptionToJs>);
}

napi_value readFormat(napi_env env, napi_callback_info info) {
  return withDevice(env, argumentsOf(env, info, 1)[0], v4l2::readFormat, formatToJs);
}

napi_value writeFormat(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  const v4l2::FormatRequest request = formatRequestOf(arguments[1]);
  const auto function = arguments[2].boolean() ? v4l2::tryFormat : v4l2::writeFormat;
  return withDevice(env, arguments[0], [=](const v4l2::Device& device) { return function(device, request); }, formatToJs);
}

napi_value optionalFractionToJs(napi_env env, const std::optional<v4l2::Fraction>& fraction) {
  return fraction ? fractionToJs(env, *fraction) : undefined(env);
}

napi_value readFrameInterval(napi_env env, napi_callback_info info) {
  return withDevice(env, argumentsOf(env, info, 1)[0], v4l2::readFrameInterval, optionalFractionToJs);
}

napi_value writeFrameInterval(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  const v4l2::Fraction interval{arguments[1].uint32(), arguments[2].uint32()};
  const auto work = [interval](const v4l2::Device& device) { return v4l2::writeFrameInterval(device, interval); };
  return withDevice(env, arguments[0], work, optionalFractionToJs);
}

napi_value readSelection(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const std::uint32_t target = arguments[1].uint32();
  const auto work = [target](const v4l2::Device& device) { return v4l2::readSelection(device, target); };
  return withDevice(env, arguments[0], work, [](napi_env e, const std::optional<v4l2::Rectangle>& rectangle) {
    if (!rectangle) return undefined(e);
    const auto& [left, top, width, height] = *rectangle;
    return ObjectBuilder(e).set("left", left).set("top", top).set("width", width).set("height", height).value();
  });
}

napi_value inputToJs(napi_env env, const v4l2::Input& input) {
  return ObjectBuilder(env)
      .set("index", input.index)
      .set("name", input.name)
      .set("status", input.status)
      .set("selected", input.selected)
      .value();
}

napi_value listInputs(napi_env env, napi_callback_info info) {
  return withDevice(env, argumentsOf(env, info, 1)[0], v4l2::listInputs, listToJs<v4l2::Input, inputToJs>);
}

napi_value selectInput(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const std::uint32_t index = arguments[1].uint32();
  const auto work = [index](const v4l2::Device& device) {
    v4l2::selectInput(device, index);
    return Nothing{};
  };
  return withDevice(env, arguments[0], work, nothingToJs);
}

napi_value listControls(napi_env env, napi_callback_info info) {
  return withDevice(env, argumentsOf(env, info, 1)[0], v4l2::listControls, listToJs<v4l2::ControlDescription, controlToJs>);
}

napi_value readControls(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < arguments[1].length(); i++) ids.push_back(arguments[1][i].uint32());
  const auto which = arguments[2].boolean() ? v4l2::ControlRead::defaults : v4l2::ControlRead::current;
  const auto work = [ids, which](const v4l2::Device& device) { return v4l2::readControls(device, ids, which); };
  return withDevice(env, arguments[0], work, listToJs<v4l2::ControlValue, controlValueToJs>);
}

napi_value writeControls(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  std::vector<v4l2::ControlValue> values;
  for (std::uint32_t i = 0; i < arguments[1].length(); i++) values.push_back(controlValueOf(arguments[1][i]));
  const auto mode = arguments[2].boolean() ? v4l2::ControlWrite::tryOnly : v4l2::ControlWrite::apply;
  const auto work = [values, mode](const v4l2::Device& device) { return v4l2::writeControls(device, values, mode); };
  return withDevice(env, arguments[0], work, listToJs<v4l2::ControlValue, controlValueToJs>);
}

}  // namespace

void defineDeviceFunctions(napi_env env, napi_value exports) {
  define<open>(env, exports, "open");
  define<close>(env, exports, "close");
  define<listFormats>(env, exports, "listFormats");
  define<readFormat>(env, exports, "readFormat");
  define<writeFormat>(env, exports, "writeFormat");
  define<readFrameInterval>(env, exports, "readFrameInterval");
  define<writeFrameInterval>(env, exports, "writeFrameInterval");
  define<readSelection>(env, exports, "readSelection");
  define<listInputs>(env, exports, "listInputs");
  define<selectInput>(env, exports, "selectInput");
  define<listControls>(env, exports, "listControls");
  define<readControls>(env, exports, "readControls");
  define<writeControls>(env, exports, "writeControls");
}

}  // namespace addon
