#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "device.h"

namespace v4l2 {

/** A control's value, flags or range changed, by this or another program. */
struct ControlChange {
  std::uint32_t id = 0;
  /** V4L2_EVENT_CTRL_CH_*. */
  std::uint32_t changes = 0;
  std::uint32_t type = 0;
  /** Meaningless for controls whose value is a string or bytes: read those again. */
  std::int64_t value = 0;
  std::uint32_t flags = 0;
  std::int32_t minimum = 0;
  std::int32_t maximum = 0;
  std::int32_t step = 0;
  std::int32_t defaultValue = 0;
};

/** The signal at an input changed (V4L2_EVENT_SRC_CH_*). */
struct SourceChange {
  std::uint32_t input = 0;
  std::uint32_t changes = 0;
};

/** The driver delivers no more frames. */
struct EndOfStream {};

using DeviceEvent = std::variant<ControlChange, SourceChange, EndOfStream>;

/** Subscribes to every control's changes, source changes and the end of the stream, as far as the driver has them. */
void subscribeToEvents(const Device& device);

/** The next event that is waiting, or nothing. Kinds that were not subscribed to are passed over. */
std::optional<DeviceEvent> dequeueEvent(const Device& device);

}  // namespace v4l2
