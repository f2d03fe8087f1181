#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "device.h"

namespace v4l2 {

/** One entry of a menu: a name, or the 64-bit value of an integer menu. Unused positions are missing. */
struct MenuItem {
  std::uint32_t index = 0;
  std::string name;
  std::int64_t value = 0;
};

/** A control as VIDIOC_QUERY_EXT_CTRL tells it; `type` and `flags` carry the numbers of `videodev2.h`. */
struct ControlDescription {
  std::uint32_t id = 0;
  std::uint32_t type = 0;
  std::string name;
  std::string className;
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  std::uint64_t step = 0;
  std::int64_t defaultValue = 0;
  std::uint32_t flags = 0;
  std::uint32_t elementBytes = 0;
  std::uint32_t elements = 0;
  std::vector<std::uint32_t> dimensions;
  std::vector<MenuItem> menu;

  /** Whether the value travels as bytes behind a pointer rather than as a number. */
  bool hasPayload() const { return (flags & V4L2_CTRL_FLAG_HAS_PAYLOAD) != 0; }
  bool isString() const { return type == V4L2_CTRL_TYPE_STRING; }
};

/** Numbers of every width; text of string controls; memory as the kernel lays it out for arrays and compounds. */
using ControlPayload = std::variant<std::int64_t, std::string, std::vector<std::uint8_t>>;

struct ControlValue {
  std::uint32_t id = 0;
  ControlPayload value;
};

enum class ControlWrite { apply, tryOnly };
enum class ControlRead { current, defaults };

/** Every control of the device in the driver's order, with menus and class names. */
std::vector<ControlDescription> listControls(const Device& device);

/** Reads all in one call. Throws Error with `control` set to the one that failed, where the driver tells. */
std::vector<ControlValue> readControls(const Device& device, const std::vector<std::uint32_t>& ids, ControlRead which);

/**
 * Writes all in one call: all of them or none, as far as the driver can. Returns the values that took effect. Throws Error
 * with `control` set to the one that the driver refused.
 */
std::vector<ControlValue> writeControls(const Device& device, const std::vector<ControlValue>& values, ControlWrite mode);

}  // namespace v4l2
