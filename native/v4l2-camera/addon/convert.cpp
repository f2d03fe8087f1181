#include "convert.h"

namespace addon {
namespace {

napi_value errorToJs(napi_env env, const v4l2::Error& error) {
  return ObjectBuilder(env).set("code", error.code()).set("message", error.what()).set("errno", error.errnoValue()).value();
}

napi_value intervalsToJs(napi_env env, const v4l2::Intervals& intervals) {
  ObjectBuilder object(env);
  object.set("discrete", arrayOf(env, intervals.discrete, fractionToJs));
  if (const auto& range = intervals.minimumMaximumStep) {
    object.set("minimum", fractionToJs(env, (*range)[0]));
    object.set("maximum", fractionToJs(env, (*range)[1]));
    object.set("step", fractionToJs(env, (*range)[2]));
  }
  return object.value();
}

napi_value sizeToJs(napi_env env, const v4l2::FrameSize& size) {
  return ObjectBuilder(env)
      .set("minimumWidth", size.minimumWidth)
      .set("maximumWidth", size.maximumWidth)
      .set("stepWidth", size.stepWidth)
      .set("minimumHeight", size.minimumHeight)
      .set("maximumHeight", size.maximumHeight)
      .set("stepHeight", size.stepHeight)
      .set("intervals", intervalsToJs(env, size.intervals))
      .value();
}

napi_value frameToJs(napi_env env, const v4l2::FrameMeta& frame) {
  return ObjectBuilder(env)
      .set("slotOffset", frame.slotOffset)
      .set("bytesWritten", frame.bytesWritten)
      .set("sequence", frame.sequence)
      .set("timestampNs", BigInteger{frame.timestampNs})
      .set("bytesUsed", frame.bytesUsed)
      .set("flags", frame.flags)
      .set("field", frame.field)
      .set("dequeuedNs", BigInteger{frame.dequeuedNs})
      .set("writtenNs", BigInteger{frame.writtenNs})
      .value();
}

struct NoticeConverter {
  napi_env env;

  napi_value operator()(const v4l2::StateNotice& notice) const {
    ObjectBuilder object(env);
    object.set("kind", "state").set("state", v4l2::nameOf(notice.state)).set("restarts", notice.restarts);
    if (notice.error) object.set("error", errorToJs(env, *notice.error));
    return object.value();
  }

  napi_value operator()(const v4l2::ControlChange& change) const {
    ObjectBuilder object(env);
    object.set("kind", "control").set("id", change.id).set("changes", change.changes).set("type", change.type);
    // As when it is read: only 64-bit controls are BigInts.
    if (change.type == V4L2_CTRL_TYPE_INTEGER64) {
      object.set("value", BigInteger{change.value});
    } else {
      object.set("value", change.value);
    }
    return object.set("flags", change.flags)
        .set("minimum", change.minimum)
        .set("maximum", change.maximum)
        .set("step", change.step)
        .set("defaultValue", change.defaultValue)
        .value();
  }

  napi_value operator()(const v4l2::SourceChange& change) const {
    return ObjectBuilder(env).set("kind", "source-change").set("input", change.input).set("changes", change.changes).value();
  }

  napi_value operator()(const v4l2::EndOfStream&) const { return ObjectBuilder(env).set("kind", "end-of-stream").value(); }
};

}  // namespace

napi_value capabilityToJs(napi_env env, const v4l2::Capability& capability) {
  return ObjectBuilder(env)
      .set("driver", capability.driver)
      .set("card", capability.card)
      .set("bus", capability.bus)
      .set("kernelVersion", capability.kernelVersion)
      .set("flags", capability.flags)
      .set("captures", capability.captures())
      .set("streams", capability.streams())
      .set("multiPlanar", capability.multiPlanar())
      .value();
}

napi_value summaryToJs(napi_env env, const v4l2::DeviceSummary& summary) {
  ObjectBuilder object(env);
  object.set("path", summary.path).set("name", summary.name).set("identity", summary.identity);
  object.set("busPath", summary.busPath).set("serial", summary.serial).set("usbIds", summary.usbIds);
  if (summary.capability) object.set("capability", capabilityToJs(env, *summary.capability));
  if (summary.media) {
    ObjectBuilder media(env);
    object.set("media", media.set("path", summary.media->devicePath).set("entity", summary.media->entity).value());
  }
  if (summary.failure) object.set("failure", errorToJs(env, *summary.failure));
  return object.value();
}

napi_value fractionToJs(napi_env env, const v4l2::Fraction& fraction) {
  return ObjectBuilder(env).set("numerator", fraction.numerator).set("denominator", fraction.denominator).value();
}

napi_value formatDescriptionToJs(napi_env env, const v4l2::FormatDescription& description) {
  return ObjectBuilder(env)
      .set("fourcc", v4l2::fourccText(description.fourcc))
      .set("description", description.description)
      .set("flags", description.flags)
      .set("sizes", arrayOf(env, description.sizes, sizeToJs))
      .value();
}

napi_value formatToJs(napi_env env, const v4l2::Format& format) {
  const auto planeToJs = [](napi_env e, const v4l2::PlaneFormat& plane) {
    return ObjectBuilder(e).set("strideBytes", plane.strideBytes).set("sizeBytes", plane.sizeBytes).value();
  };
  return ObjectBuilder(env)
      .set("width", format.width)
      .set("height", format.height)
      .set("fourcc", v4l2::fourccText(format.fourcc))
      .set("field", format.field)
      .set("colorspace", format.colorspace)
      .set("ycbcrEncoding", format.ycbcrEncoding)
      .set("quantization", format.quantization)
      .set("transferFunction", format.transferFunction)
      .set("planes", arrayOf(env, format.planes, planeToJs))
      .value();
}

napi_value controlToJs(napi_env env, const v4l2::ControlDescription& control) {
  const auto itemToJs = [](napi_env e, const v4l2::MenuItem& item) {
    return ObjectBuilder(e).set("index", item.index).set("name", item.name).set("value", BigInteger{item.value}).value();
  };
  const auto numberToJs = [](napi_env e, std::uint32_t number) { return toJs(e, number); };
  return ObjectBuilder(env)
      .set("id", control.id)
      .set("type", control.type)
      .set("name", control.name)
      .set("className", control.className)
      .set("minimum", BigInteger{control.minimum})
      .set("maximum", BigInteger{control.maximum})
      .set("step", BigInteger{static_cast<std::int64_t>(control.step)})
      .set("defaultValue", BigInteger{control.defaultValue})
      .set("flags", control.flags)
      .set("elementBytes", control.elementBytes)
      .set("elements", control.elements)
      .set("dimensions", arrayOf(env, control.dimensions, numberToJs))
      .set("menu", arrayOf(env, control.menu, itemToJs))
      .value();
}

napi_value controlValueToJs(napi_env env, const v4l2::ControlValue& value) {
  ObjectBuilder object(env);
  object.set("id", value.id);
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) object.set("value", BigInteger{*number});
  if (const auto* text = std::get_if<std::string>(&value.value)) object.set("value", *text);
  if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&value.value)) object.set("value", *bytes);
  return object.value();
}

napi_value deliveryToJs(napi_env env, const v4l2::Delivery& delivery) {
  const auto noticeToJs = [](napi_env e, const v4l2::Notice& notice) { return std::visit(NoticeConverter{e}, notice); };
  return ObjectBuilder(env)
      .set("frames", arrayOf(env, delivery.frames, frameToJs))
      .set("notices", arrayOf(env, delivery.notices, noticeToJs))
      .value();
}

napi_value countersToJs(napi_env env, const v4l2::Counters& counters) {
  return ObjectBuilder(env)
      .set("delivered", counters.delivered)
      .set("late", counters.late)
      .set("noFreeSlot", counters.noFreeSlot)
      .set("driverGaps", counters.driverGaps)
      .set("bad", counters.bad)
      .set("restarts", counters.restarts)
      .value();
}

v4l2::FormatRequest formatRequestOf(JsValue request) {
  v4l2::FormatRequest result;
  result.width = request["width"].uint32();
  result.height = request["height"].uint32();
  const std::string fourcc = request["fourcc"].string();
  for (std::size_t i = 0; i < 4; i++) {
    const auto character = static_cast<unsigned char>(i < fourcc.size() ? fourcc[i] : ' ');
    result.fourcc |= static_cast<std::uint32_t>(character) << (8 * i);
  }
  if (fourcc.ends_with("-BE")) result.fourcc |= 1u << 31;
  result.field = request["field"].optionalUint32();
  result.colorspace = request["colorspace"].optionalUint32();
  result.ycbcrEncoding = request["ycbcrEncoding"].optionalUint32();
  result.quantization = request["quantization"].optionalUint32();
  result.transferFunction = request["transferFunction"].optionalUint32();
  result.strideBytes = request["strideBytes"].optionalUint32();
  return result;
}

v4l2::ControlValue controlValueOf(JsValue value) {
  const std::uint32_t id = value["id"].uint32();
  const JsValue content = value["value"];
  switch (content.type()) {
    case napi_bigint: return {id, content.bigInteger()};
    case napi_string: return {id, content.string()};
    default: {
      const auto bytes = content.bytes();
      return {id, std::vector<std::uint8_t>(bytes.begin(), bytes.end())};
    }
  }
}

}  // namespace addon
