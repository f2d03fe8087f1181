#include "events.h"

namespace v4l2 {
namespace {

void subscribe(const Device& device, std::uint32_t type, std::uint32_t id, std::uint32_t flags) {
  v4l2_event_subscription subscription{};
  subscription.type = type;
  subscription.id = id;
  subscription.flags = flags;
  // A driver without this kind of event refuses; there is nothing to miss then.
  device.attempt(VIDIOC_SUBSCRIBE_EVENT, &subscription);
}

/** Of each input on its own: the id of the event is the number of the input. A node that lists none has the number 0. */
void subscribeToSourceChanges(const Device& device) {
  std::uint32_t input = 0;
  do {
    subscribe(device, V4L2_EVENT_SOURCE_CHANGE, input, 0);
    v4l2_input next{};
    next.index = ++input;
    if (device.attempt(VIDIOC_ENUMINPUT, &next) != 0) return;
  } while (input < VIDEO_MAX_FRAME);
}

ControlChange controlChange(const v4l2_event& event) {
  const v4l2_event_ctrl& control = event.u.ctrl;
  const bool wide = control.type == V4L2_CTRL_TYPE_INTEGER64;
  return {event.id, control.changes, control.type, wide ? std::int64_t{control.value64} : std::int64_t{control.value},
          control.flags, control.minimum, control.maximum, control.step, control.default_value};
}

}  // namespace

void subscribeToEvents(const Device& device) {
  constexpr std::uint32_t next = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
  v4l2_query_ext_ctrl query{};
  query.id = next;
  while (device.attempt(VIDIOC_QUERY_EXT_CTRL, &query) == 0) {
    // Feedback, because writing one control of a cluster changes the flags and values of others.
    if (query.type != V4L2_CTRL_TYPE_CTRL_CLASS) {
      subscribe(device, V4L2_EVENT_CTRL, query.id, V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK);
    }
    const std::uint32_t id = query.id;
    query = {};
    query.id = id | next;
  }
  subscribeToSourceChanges(device);
  subscribe(device, V4L2_EVENT_EOS, 0, 0);
}

std::optional<DeviceEvent> dequeueEvent(const Device& device) {
  for (;;) {
    v4l2_event event{};
    if (device.attempt(VIDIOC_DQEVENT, &event) != 0) return std::nullopt;
    switch (event.type) {
      case V4L2_EVENT_CTRL: return controlChange(event);
      case V4L2_EVENT_SOURCE_CHANGE: return SourceChange{event.id, event.u.src_change.changes};
      case V4L2_EVENT_EOS: return EndOfStream{};
      default: break;
    }
  }
}

}  // namespace v4l2
