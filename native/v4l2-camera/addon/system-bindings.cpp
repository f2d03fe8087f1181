#include <cerrno>
#include <mutex>
#include <vector>

#include "../v4l2/access.h"
#include "../v4l2/allocators.h"
#include "../v4l2/device-watch.h"
#include "../v4l2/discovery.h"
#include "../v4l2/frame-writer.h"
#include "../v4l2/unpack.h"
#include "async.h"
#include "bindings.h"
#include "convert.h"
#include "handle.h"
#include "listener.h"

namespace addon {
namespace {

/** A watched device folder; changes wait here until JavaScript comes for them. */
class Watch {
 public:
  static constexpr napi_type_tag typeTag{0x7634'6c32'2d77'6174ULL, 0x6368'2d66'6f6c'6472ULL};

  Watch(napi_env env, const std::string& folder, napi_value function)
      : listener_(std::in_place, env, function, [this](napi_env e, napi_value f) { deliver(e, f); }),
        watch_(std::in_place, folder, [this](v4l2::DeviceChange change) { add(std::move(change)); }) {}

  void close() {
    watch_.reset();
    listener_.reset();
  }

 private:
  void add(v4l2::DeviceChange change) {
    {
      const std::scoped_lock lock(mutex_);
      changes_.push_back(std::move(change));
    }
    listener_->wake();
  }

  void deliver(napi_env env, napi_value function) {
    std::vector<v4l2::DeviceChange> changes;
    {
      const std::scoped_lock lock(mutex_);
      changes.swap(changes_);
    }
    for (const v4l2::DeviceChange& change : changes) {
      constexpr const char* kinds[] = {"added", "removed", "changed"};
      ObjectBuilder object(env);
      napi_value argument = object.set("kind", kinds[static_cast<int>(change.kind)]).set("path", change.path).value();
      check(env, napi_call_function(env, undefined(env), function, 1, &argument, nullptr));
    }
  }

  std::mutex mutex_;
  std::vector<v4l2::DeviceChange> changes_;
  std::optional<Listener> listener_;
  std::optional<v4l2::DeviceWatch> watch_;
};

napi_value discover(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const v4l2::SystemRoots roots{arguments[0].string(), arguments[1].string()};
  return runAsync(
      env, [roots] { return v4l2::discoverDevices(roots); },
      [](napi_env e, const std::vector<v4l2::DeviceSummary>& devices) { return arrayOf(e, devices, summaryToJs); });
}

napi_value watch(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  return Handle<Watch>::wrap(env, std::make_shared<Watch>(env, arguments[0].string(), arguments[1].raw()));
}

napi_value unwatch(napi_env env, napi_callback_info info) {
  Handle<Watch>::unwrap(env, argumentsOf(env, info, 1)[0])->close();
  return undefined(env);
}

napi_value holders(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const auto holderToJs = [](napi_env e, const v4l2::Holder& holder) {
    return ObjectBuilder(e).set("pid", holder.pid).set("command", holder.command).value();
  };
  return runAsync(
      env, [path = arguments[0].string(), proc = arguments[1].string()] { return v4l2::findHolders(path, proc); },
      [=](napi_env e, const std::vector<v4l2::Holder>& found) { return arrayOf(e, found, holderToJs); });
}

napi_value allocators(napi_env env, napi_callback_info info) {
  const auto reports = v4l2::reportAllocators(argumentsOf(env, info, 1)[0].string());
  return arrayOf(env, reports, [](napi_env e, const v4l2::AllocatorReport& report) {
    return ObjectBuilder(e).set("name", report.name).set("available", report.available).set("reason", report.reason).value();
  });
}

napi_value allocate(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  const std::string name = arguments[0].string();
  const std::size_t bytes = arguments[1].size();
  const std::string dev = arguments[2].string();
  constexpr std::string_view heapPrefix = "dma-heap:";
  if (name == "memfd") return toJs(env, v4l2::allocateMemfd(bytes).release());
  if (name == "udmabuf") return toJs(env, v4l2::allocateUdmabuf(bytes, dev).release());
  return toJs(env, v4l2::allocateFromHeap(name.substr(heapPrefix.size()), bytes, dev).release());
}

napi_value closeFd(napi_env env, napi_callback_info info) {
  const v4l2::UniqueFd closed(static_cast<int>(argumentsOf(env, info, 1)[0].number()));
  return undefined(env);
}

napi_value readMemory(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  v4l2::readMemory(static_cast<int>(arguments[0].number()), arguments[1].size(), arguments[2].bytes());
  return undefined(env);
}

napi_value writeMemory(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 3);
  v4l2::writeMemory(static_cast<int>(arguments[0].number()), arguments[1].size(), arguments[2].bytes());
  return undefined(env);
}

v4l2::UnpackPath pathOf(const std::string& name) {
  for (const v4l2::UnpackPath path : v4l2::availableUnpackPaths()) {
    if (name == v4l2::nameOf(path)) return path;
  }
  return v4l2::bestUnpackPath();
}

napi_value unpackPaths(napi_env env, napi_callback_info) {
  return arrayOf(env, v4l2::availableUnpackPaths(), [](napi_env e, v4l2::UnpackPath path) {
    return toJs(e, v4l2::nameOf(path));
  });
}

napi_value unpack(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 4);
  const JsValue& wanted = arguments[1];
  const v4l2::MosaicLayout layout{wanted["width"].uint32(), wanted["height"].uint32(), wanted["bits"].uint32(),
                                  wanted["mipi"].boolean(), wanted["strideBytes"].size()};
  const auto target = arguments[2].bytes();
  const std::span samples(reinterpret_cast<std::uint16_t*>(target.data()), target.size() / sizeof(std::uint16_t));
  return toJs(env, v4l2::unpackMosaic(arguments[0].bytes(), layout, samples, pathOf(arguments[3].string())));
}

}  // namespace

void defineSystemFunctions(napi_env env, napi_value exports) {
  define<discover>(env, exports, "discover");
  define<watch>(env, exports, "watch");
  define<unwatch>(env, exports, "unwatch");
  define<holders>(env, exports, "holders");
  define<allocators>(env, exports, "allocators");
  define<allocate>(env, exports, "allocate");
  define<closeFd>(env, exports, "closeFd");
  define<readMemory>(env, exports, "readMemory");
  define<writeMemory>(env, exports, "writeMemory");
  define<unpackPaths>(env, exports, "unpackPaths");
  define<unpack>(env, exports, "unpack");
}

}  // namespace addon
