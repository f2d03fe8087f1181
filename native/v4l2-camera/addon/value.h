#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <node_api.h>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace addon {

/** A JavaScript exception is already pending; unwinds to the boundary. */
struct PendingException : std::exception {};

/** Throws when a Node-API call failed. */
void check(napi_env env, napi_status status);

/** A 64-bit integer that JavaScript shall see as a BigInt. Other integers become numbers. */
struct BigInteger {
  std::int64_t value = 0;
};

napi_value toJs(napi_env env, bool value);
napi_value toJs(napi_env env, double value);
napi_value toJs(napi_env env, const std::string& value);
napi_value toJs(napi_env env, const char* value);
napi_value toJs(napi_env env, BigInteger value);
napi_value toJs(napi_env env, const std::vector<std::uint8_t>& bytes);
inline napi_value toJs(napi_env, napi_value value) { return value; }
/** Integers below 2^53. */
napi_value toJs(napi_env env, std::integral auto value) { return toJs(env, static_cast<double>(value)); }

napi_value undefined(napi_env env);

/** An array of `convert(env, item)`. */
template <typename Items, typename Convert>
napi_value arrayOf(napi_env env, Items&& items, Convert convert) {
  napi_value array;
  check(env, napi_create_array_with_length(env, items.size(), &array));
  std::uint32_t index = 0;
  for (auto&& item : items) check(env, napi_set_element(env, array, index++, convert(env, item)));
  return array;
}

/** Builds a plain object. */
class ObjectBuilder {
 public:
  explicit ObjectBuilder(napi_env env) : env_(env) { check(env, napi_create_object(env, &object_)); }

  template <typename Value>
  ObjectBuilder& set(const char* name, const Value& value) {
    check(env_, napi_set_named_property(env_, object_, name, toJs(env_, value)));
    return *this;
  }
  /** Leaves the property out when there is nothing. */
  template <typename Value>
  ObjectBuilder& set(const char* name, const std::optional<Value>& value) {
    return value ? set(name, *value) : *this;
  }
  napi_value value() const { return object_; }

 private:
  napi_env env_;
  napi_value object_ = nullptr;
};

/** A value that came from JavaScript. The typed face has validated it; a wrong kind here throws a TypeError. */
class JsValue {
 public:
  JsValue(napi_env env, napi_value value) : env_(env), value_(value) {}

  napi_value raw() const { return value_; }
  bool isUndefined() const;
  JsValue operator[](const char* name) const;
  JsValue operator[](std::uint32_t index) const;
  std::uint32_t length() const;
  double number() const;
  std::uint32_t uint32() const { return static_cast<std::uint32_t>(number()); }
  std::size_t size() const { return static_cast<std::size_t>(number()); }
  std::optional<std::uint32_t> optionalUint32() const;
  bool boolean() const;
  std::string string() const;
  std::int64_t bigInteger() const;
  napi_valuetype type() const;
  /** The bytes that a typed array shows, in place. */
  std::span<std::uint8_t> bytes() const;

 private:
  napi_env env_;
  napi_value value_;
};

/** The arguments of a call. */
std::vector<JsValue> argumentsOf(napi_env env, napi_callback_info info, std::size_t count);

/** The exception that is being handled as a JavaScript Error with code, errno and control. */
napi_value currentExceptionToJs(napi_env env);

/** Makes a function for JavaScript of one that may throw. */
template <napi_value (*function)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) {
  try {
    return function(env, info);
  } catch (const PendingException&) {
    return nullptr;
  } catch (...) {
    try {
      napi_throw(env, currentExceptionToJs(env));
    } catch (const PendingException&) {
    }
    return nullptr;
  }
}

}  // namespace addon
