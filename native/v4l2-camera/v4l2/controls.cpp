#include "controls.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>

#include "error.h"

namespace v4l2 {
namespace {

ControlDescription describe(const v4l2_query_ext_ctrl& query) {
  ControlDescription control{query.id, query.type, textOf(reinterpret_cast<const std::uint8_t(&)[32]>(query.name)), "",
                             query.minimum, query.maximum, query.step, query.default_value, query.flags,
                             query.elem_size, query.elems, {}, {}};
  const std::size_t dimensions = std::min<std::size_t>(query.nr_of_dims, V4L2_CTRL_MAX_DIMS);
  control.dimensions.assign(query.dims, query.dims + dimensions);
  return control;
}

ControlDescription queryControl(const Device& device, std::uint32_t id) {
  v4l2_query_ext_ctrl query{};
  query.id = id;
  const int errnoValue = device.attempt(VIDIOC_QUERY_EXT_CTRL, &query);
  if (errnoValue == 0) return describe(query);
  Error error = systemError(errnoValue, "VIDIOC_QUERY_EXT_CTRL", device.path());
  error.control = id;
  throw error;
}

std::vector<MenuItem> readMenu(const Device& device, const ControlDescription& control) {
  std::vector<MenuItem> menu;
  for (std::int64_t index = control.minimum; index <= control.maximum; index++) {
    v4l2_querymenu entry{};
    entry.id = control.id;
    entry.index = static_cast<std::uint32_t>(index);
    // Drivers leave out positions that the hardware does not have.
    if (device.attempt(VIDIOC_QUERYMENU, &entry) != 0) continue;
    if (control.type == V4L2_CTRL_TYPE_INTEGER_MENU) {
      menu.push_back({entry.index, "", entry.value});
    } else {
      menu.push_back({entry.index, textOf(entry.name), 0});
    }
  }
  return menu;
}

/** The kernel's array for one batch, together with the memory that its pointers show to. */
class Batch {
 public:
  void add(const ControlDescription& control, const ControlPayload* value) {
    v4l2_ext_control raw{};
    raw.id = control.id;
    if (control.hasPayload()) {
      std::vector<std::uint8_t>& bytes = payloads_.emplace_back(payloadOf(control, value));
      raw.size = static_cast<std::uint32_t>(bytes.size());
      raw.ptr = bytes.data();
    } else if (value != nullptr) {
      const std::int64_t number = numberOf(control, *value);
      if (control.type == V4L2_CTRL_TYPE_INTEGER64) {
        raw.value64 = number;
      } else {
        raw.value = static_cast<std::int32_t>(number);
      }
    }
    controls_.push_back(control);
    raw_.push_back(raw);
  }

  void run(const Device& device, unsigned long request, const char* operation, std::uint32_t which) {
    if (raw_.empty()) return;
    std::uint32_t failed = 0;
    int errnoValue = attempt(device, request, which, failed);
    if (errnoValue == 0) return;
    // The kernel checks a batch before it writes anything and then does not say which control was wrong; trying does.
    if (request == VIDIOC_S_EXT_CTRLS && failed >= raw_.size()) attempt(device, VIDIOC_TRY_EXT_CTRLS, which, failed);
    if (failed >= raw_.size()) throw systemError(errnoValue, operation, device.path());
    const ControlDescription& control = controls_[failed];
    Error error = systemError(errnoValue, operation, "\"" + control.name + "\" of " + device.path());
    error.control = control.id;
    throw error;
  }

  std::vector<ControlValue> values() const {
    std::vector<ControlValue> values;
    for (std::size_t i = 0; i < raw_.size(); i++) values.push_back({controls_[i].id, valueOf(controls_[i], raw_[i])});
    return values;
  }

 private:
  int attempt(const Device& device, unsigned long request, std::uint32_t which, std::uint32_t& failed) {
    v4l2_ext_controls batch{};
    batch.which = which;
    batch.count = static_cast<std::uint32_t>(raw_.size());
    batch.controls = raw_.data();
    const int errnoValue = device.attempt(request, &batch);
    failed = batch.error_idx;
    return errnoValue;
  }

  static std::vector<std::uint8_t> payloadOf(const ControlDescription& control, const ControlPayload* value) {
    const std::size_t capacity = static_cast<std::size_t>(control.elementBytes) * control.elements;
    if (value == nullptr) return std::vector<std::uint8_t>(capacity);
    if (const auto* text = std::get_if<std::string>(value); text != nullptr && control.isString()) {
      std::vector<std::uint8_t> bytes(text->begin(), text->end());
      bytes.push_back(0);
      return bytes;
    }
    if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(value)) return *bytes;
    throw wrongKind(control, control.isString() ? "a string" : "bytes");
  }

  static std::int64_t numberOf(const ControlDescription& control, const ControlPayload& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    throw wrongKind(control, "a number");
  }

  static Error wrongKind(const ControlDescription& control, const std::string& expected) {
    Error error("v4l2.invalid", "Expected " + expected + " for \"" + control.name + "\"", EINVAL);
    error.control = control.id;
    return error;
  }

  static ControlPayload valueOf(const ControlDescription& control, const v4l2_ext_control& raw) {
    if (!control.hasPayload()) {
      return control.type == V4L2_CTRL_TYPE_INTEGER64 ? std::int64_t{raw.value64} : std::int64_t{raw.value};
    }
    const auto* bytes = static_cast<const std::uint8_t*>(raw.ptr);
    if (!control.isString()) return std::vector<std::uint8_t>(bytes, bytes + raw.size);
    const auto* text = reinterpret_cast<const char*>(bytes);
    return std::string(text, strnlen(text, raw.size));
  }

  std::vector<ControlDescription> controls_;
  std::vector<v4l2_ext_control> raw_;
  // A deque, because growing it moves no payload that the kernel's array already points to.
  std::deque<std::vector<std::uint8_t>> payloads_;
};

}  // namespace

std::vector<ControlDescription> listControls(const Device& device) {
  constexpr std::uint32_t next = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
  std::vector<ControlDescription> controls;
  std::string className;
  v4l2_query_ext_ctrl query{};
  query.id = next;
  while (device.attempt(VIDIOC_QUERY_EXT_CTRL, &query) == 0) {
    ControlDescription control = describe(query);
    query = {};
    query.id = control.id | next;
    if (control.type == V4L2_CTRL_TYPE_CTRL_CLASS) {
      className = control.name;
      continue;
    }
    if ((control.flags & V4L2_CTRL_FLAG_DISABLED) != 0) continue;
    control.className = className;
    const bool hasMenu = control.type == V4L2_CTRL_TYPE_MENU || control.type == V4L2_CTRL_TYPE_INTEGER_MENU;
    if (hasMenu) control.menu = readMenu(device, control);
    controls.push_back(std::move(control));
  }
  return controls;
}

std::vector<ControlValue> readControls(const Device& device, const std::vector<std::uint32_t>& ids, ControlRead which) {
  Batch batch;
  for (const std::uint32_t id : ids) batch.add(queryControl(device, id), nullptr);
  const bool current = which == ControlRead::current;
  batch.run(device, VIDIOC_G_EXT_CTRLS, "VIDIOC_G_EXT_CTRLS", current ? V4L2_CTRL_WHICH_CUR_VAL : V4L2_CTRL_WHICH_DEF_VAL);
  return batch.values();
}

std::vector<ControlValue> writeControls(const Device& device, const std::vector<ControlValue>& values, ControlWrite mode) {
  Batch batch;
  for (const ControlValue& value : values) batch.add(queryControl(device, value.id), &value.value);
  if (mode == ControlWrite::apply) {
    batch.run(device, VIDIOC_S_EXT_CTRLS, "VIDIOC_S_EXT_CTRLS", V4L2_CTRL_WHICH_CUR_VAL);
  } else {
    batch.run(device, VIDIOC_TRY_EXT_CTRLS, "VIDIOC_TRY_EXT_CTRLS", V4L2_CTRL_WHICH_CUR_VAL);
  }
  return batch.values();
}

}  // namespace v4l2
