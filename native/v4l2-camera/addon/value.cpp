#include "value.h"

#include <algorithm>
#include <cstring>

#include "../v4l2/error.h"

namespace addon {

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_type_error(env, "v4l2.invalid", "A value has an unexpected type");
  throw PendingException();
}

napi_value toJs(napi_env env, bool value) {
  napi_value result;
  check(env, napi_get_boolean(env, value, &result));
  return result;
}

napi_value toJs(napi_env env, double value) {
  napi_value result;
  check(env, napi_create_double(env, value, &result));
  return result;
}

napi_value toJs(napi_env env, const std::string& value) {
  napi_value result;
  check(env, napi_create_string_utf8(env, value.data(), value.size(), &result));
  return result;
}

napi_value toJs(napi_env env, const char* value) {
  return toJs(env, std::string(value));
}

napi_value toJs(napi_env env, BigInteger value) {
  napi_value result;
  check(env, napi_create_bigint_int64(env, value.value, &result));
  return result;
}

napi_value toJs(napi_env env, const std::vector<std::uint8_t>& bytes) {
  void* memory = nullptr;
  napi_value buffer;
  napi_value array;
  check(env, napi_create_arraybuffer(env, bytes.size(), &memory, &buffer));
  if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
  check(env, napi_create_typedarray(env, napi_uint8_array, bytes.size(), buffer, 0, &array));
  return array;
}

napi_value undefined(napi_env env) {
  napi_value result;
  check(env, napi_get_undefined(env, &result));
  return result;
}

bool JsValue::isUndefined() const {
  return type() == napi_undefined;
}

napi_valuetype JsValue::type() const {
  napi_valuetype type;
  check(env_, napi_typeof(env_, value_, &type));
  return type;
}

JsValue JsValue::operator[](const char* name) const {
  napi_value property;
  check(env_, napi_get_named_property(env_, value_, name, &property));
  return {env_, property};
}

JsValue JsValue::operator[](std::uint32_t index) const {
  napi_value element;
  check(env_, napi_get_element(env_, value_, index, &element));
  return {env_, element};
}

std::uint32_t JsValue::length() const {
  std::uint32_t length = 0;
  check(env_, napi_get_array_length(env_, value_, &length));
  return length;
}

double JsValue::number() const {
  double number = 0;
  check(env_, napi_get_value_double(env_, value_, &number));
  return number;
}

std::optional<std::uint32_t> JsValue::optionalUint32() const {
  if (isUndefined()) return std::nullopt;
  return uint32();
}

bool JsValue::boolean() const {
  bool value = false;
  check(env_, napi_get_value_bool(env_, value_, &value));
  return value;
}

std::string JsValue::string() const {
  std::size_t length = 0;
  check(env_, napi_get_value_string_utf8(env_, value_, nullptr, 0, &length));
  std::string text(length + 1, '\0');
  check(env_, napi_get_value_string_utf8(env_, value_, text.data(), text.size(), &length));
  text.resize(length);
  return text;
}

std::int64_t JsValue::bigInteger() const {
  std::int64_t value = 0;
  bool lossless = false;
  check(env_, napi_get_value_bigint_int64(env_, value_, &value, &lossless));
  return value;
}

std::span<std::uint8_t> JsValue::bytes() const {
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  check(env_, napi_get_typedarray_info(env_, value_, &type, &length, &data, nullptr, nullptr));
  const std::size_t elementBytes = type == napi_uint16_array ? 2 : 1;
  return {static_cast<std::uint8_t*>(data), length * elementBytes};
}

std::vector<JsValue> argumentsOf(napi_env env, napi_callback_info info, std::size_t count) {
  std::vector<napi_value> raw(count);
  check(env, napi_get_cb_info(env, info, &count, raw.data(), nullptr, nullptr));
  std::vector<JsValue> values;
  for (napi_value value : raw) values.emplace_back(env, value);
  return values;
}

napi_value currentExceptionToJs(napi_env env) {
  std::string code = "v4l2.system";
  std::string message;
  int errnoValue = 0;
  std::optional<std::uint32_t> control;
  try {
    throw;
  } catch (const v4l2::Error& error) {
    code = error.code();
    message = error.what();
    errnoValue = error.errnoValue();
    control = error.control;
  } catch (const std::exception& error) {
    message = error.what();
  }
  napi_value error;
  check(env, napi_create_error(env, toJs(env, code), toJs(env, message), &error));
  check(env, napi_set_named_property(env, error, "errno", toJs(env, errnoValue)));
  if (control) check(env, napi_set_named_property(env, error, "control", toJs(env, *control)));
  return error;
}

}  // namespace addon
