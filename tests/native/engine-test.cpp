// The capture engine against a driver that fails on command, built with a sanitizer, which also counts the heap. Prints a line
// per case that held; exits 1 at the first that did not.

#include <filesystem>
#include <functional>
#include <limits>

#include "checks.h"
#include "controls.h"
#include "engine-bench.h"

/** Of the sanitizers' interface, whose header some compilers leave out: bytes on the heap now, exactly. */
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();


namespace {

using namespace v4l2;

void refusesMisuse(Bench& bench) {
  bench.start();
  const auto codeOf = [](const std::function<void()>& call) {
    try {
      call();
      return std::string("none");
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQUAL(codeOf([&] { bench.engine->start(bench.options()); }), "v4l2.wrong-state");
  EXPECT_EQUAL(codeOf([&] { bench.engine->handOver(0); }), "v4l2.invalid");
  EXPECT_EQUAL(codeOf([&] { bench.engine->handOver(slotBytes * slotCount); }), "v4l2.invalid");
  EXPECT_EQUAL(codeOf([&] { bench.engine->handOver(slotBytes * slotCount + 1); }), "v4l2.invalid");
  bench.stop();
  EXPECT_EQUAL(codeOf([&] { bench.engine->exportBuffers(); }), "v4l2.wrong-state");
  StreamOptions small = bench.options();
  small.slotBytes = slotBytes - 2;
  bench.engine->start(std::move(small));
  EXPECT_EQUAL(bench.waitForState(StreamState::failed).error->code(), "v4l2.invalid");
}

void unpacksIntoSlots(Bench& bench) {
  bench.start();
  bench.produce(7);
  const FrameMeta frame = bench.waitForFrame();
  EXPECT_EQUAL(frame.sequence, 7u);
  EXPECT_EQUAL(frame.bytesWritten, slotBytes);
  EXPECT_EQUAL(frame.bytesUsed, packedFrame.size());
  EXPECT_EQUAL(bench.sampleAt(frame.slotOffset), 0x155);
  EXPECT_EQUAL(bench.sampleAt(frame.slotOffset + slotBytes - 2), 0x155);
  bench.stop();
  EXPECT_EQUAL(bench.driver.isStreaming(), false);
  EXPECT_EQUAL(bench.driver.holdsBuffers(), false);
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
}

void countsLosses(Bench& bench) {
  bench.start();
  bench.produce(0xfffffffe);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 0xfffffffeu);
  bench.produce(0xffffffff, V4L2_BUF_FLAG_ERROR);
  bench.waitForCount(&Counters::bad, 1);
  bench.produceBytes(0, std::vector<std::uint8_t>(packedFrame.size() - 1));
  bench.waitForCount(&Counters::bad, 2);
  bench.produce(4);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 0x1'0000'0004u);
  EXPECT_EQUAL(bench.engine->counters().driverGaps, 3u);
  bench.stop();
}

void letsTheNewestWin(Bench& bench) {
  bench.start(bench.options(), 1);
  // Nobody drains: with one slot every frame but the last is replaced.
  for (std::uint32_t sequence = 0; sequence < 3; sequence++) {
    bench.produce(sequence);
    while (bench.driver.queuedBuffers() < 4) std::this_thread::yield();
  }
  EXPECT_EQUAL(bench.waitForFrame().sequence, 2u);
  EXPECT_EQUAL(bench.engine->counters().late, 2u);
  // The only slot is the reader's now.
  bench.produce(3);
  bench.waitForCount(&Counters::noFreeSlot, 1);
  bench.engine->handOver(0);
  bench.produce(4);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 4u);
  bench.stop();
}

void restartsAStalledStream(Bench& bench) {
  StreamOptions options = bench.options();
  options.watchdog = 1h;
  bench.start(std::move(options));
  bench.engine->setWatchdog(5ms);
  bench.waitForCommands();
  bench.produce(9);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 9u);
  EXPECT_EQUAL(bench.waitForState(StreamState::backingOff).error->code(), "v4l2.stalled");
  const StateNotice given = bench.waitForState(StreamState::failed);
  EXPECT_EQUAL(given.error->code(), "v4l2.stalled");
  EXPECT_EQUAL(given.restarts, 5u);
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
  bench.start();
  bench.produce(0);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 0u);
  bench.stop();
}

/** No stall comes of itself here, so nothing depends on how fast this machine is. */
StreamOptions patientOptions(Bench& bench, std::chrono::milliseconds recovery) {
  StreamOptions options = bench.options();
  options.watchdog = 1h;
  options.recovery = recovery;
  return options;
}

void givesUpACameraThatStallsAfterEveryFrame(Bench& bench) {
  bench.start(patientOptions(bench, 1h));
  for (std::uint32_t restart = 1; restart <= 5; restart++) {
    bench.passFrame(0);
    EXPECT_EQUAL(bench.failOnce().restarts, restart);
  }
  bench.passFrame(0);
  bench.driver.setFailure(VIDIOC_DQBUF, EIO);
  bench.driver.poke();
  const StateNotice given = bench.waitForState(StreamState::failed);
  EXPECT_EQUAL(given.restarts, 5u);
  EXPECT_EQUAL(std::string(given.error->what()).ends_with("; given up after 5 restarts without a recovery"), true);
  EXPECT_EQUAL(bench.engine->counters().restarts, 5u);
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
}

/** Twice as many failures as a stream may have without a recovery. */
void forgetsRestartsOfAStreamThatHasRecovered(Bench& bench) {
  bench.start(patientOptions(bench, 1ms));
  for (std::uint32_t restart = 1; restart <= 10; restart++) {
    EXPECT_EQUAL(bench.failOnce().restarts, 1u);
    const auto recovered = std::chrono::steady_clock::now() + 1ms;
    std::uint32_t sequence = 0;
    do {
      bench.passFrame(sequence++);
    } while (std::chrono::steady_clock::now() < recovered);
    bench.passFrame(sequence);
  }
  EXPECT_EQUAL(bench.engine->counters().restarts, 10u);
  bench.stop();
}

/** The last time before the clock's 64 bits wrap, and 40 ms later: at 100 frames a second three are missing. */
void countsOverTheClocksWrap(Bench& bench) {
  bench.driver.rate = 100;
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max() / 1000 * 1000;
  constexpr auto later = static_cast<std::int64_t>(static_cast<std::uint64_t>(last) + 40'000'000);
  bench.start(patientOptions(bench, 1h));
  bench.produceAt(last, 5);
  EXPECT_EQUAL(bench.waitForFrame().timestampNs, last);
  bench.failOnce();
  bench.produceAt(later / 1000 * 1000, 0);
  const FrameMeta frame = bench.waitForFrame();
  EXPECT_EQUAL(frame.timestampNs, later / 1000 * 1000);
  EXPECT_EQUAL(frame.sequence, 9u);
  EXPECT_EQUAL(bench.engine->counters().driverGaps, 3u);
  bench.stop();
}

/** One frame before and one after: the number goes on, and the gap says that something is missing. */
void restartsAfterAnInputError(Bench& bench) {
  bench.start();
  bench.produce(0);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 0u);
  bench.driver.setFailure(VIDIOC_DQBUF, EIO);
  bench.driver.poke();
  EXPECT_EQUAL(bench.waitForState(StreamState::backingOff).error->code(), "v4l2.io");
  bench.driver.setFailure(VIDIOC_DQBUF, 0);
  bench.waitForState(StreamState::streaming);
  bench.produce(0);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 2u);
  EXPECT_EQUAL(bench.engine->counters().bad, 1u);
  EXPECT_EQUAL(bench.engine->counters().driverGaps, 1u);
  bench.stop();
}

void endsWhenUnplugged(Bench& bench) {
  bench.start();
  bench.driver.setFailure(VIDIOC_DQBUF, ENODEV);
  bench.driver.poke();
  EXPECT_EQUAL(bench.waitForState(StreamState::unplugged).error->code(), "v4l2.unplugged");
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
  bench.engine->start(bench.options());
  EXPECT_EQUAL(bench.waitForState(StreamState::unplugged).error->code(), "v4l2.unplugged");
}

void namesAFailedStart(Bench& bench) {
  bench.driver.setFailure(VIDIOC_STREAMON, ENOSPC);
  bench.engine->start(bench.options());
  EXPECT_EQUAL(bench.waitForState(StreamState::failed).error->code(), "v4l2.no-space");
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
  bench.driver.setFailure(VIDIOC_STREAMON, 0);
  bench.start();
  bench.stop();
}

/** The stream goes on: what to do is the program's to decide, which stops, looks at the format and starts again. */
void tellsOfASourceChange(Bench& bench) {
  v4l2_event event{};
  event.type = V4L2_EVENT_SOURCE_CHANGE;
  event.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
  bench.driver.inputs = 4;
  bench.engine.reset();
  bench.open();
  bench.start();
  // Drivers announce a change to those alone who have subscribed to that very input.
  for (event.id = 0; event.id < 4; event.id++) {
    EXPECT_EQUAL(bench.driver.announce(event), true);
    const auto change = bench.waitForNotice<SourceChange>();
    EXPECT_EQUAL(change.input, event.id);
    EXPECT_EQUAL(change.changes, static_cast<std::uint32_t>(V4L2_EVENT_SRC_CH_RESOLUTION));
  }
  bench.produce(0);
  EXPECT_EQUAL(bench.waitForFrame().bytesWritten, slotBytes);
  bench.stop();
  bench.driver.width = 4;
  bench.driver.strideBytes = 5;
  bench.start();
  bench.produceBytes(1, {packedFrame.begin(), packedFrame.begin() + 10});
  EXPECT_EQUAL(bench.waitForFrame().bytesWritten, slotBytes / 2);
  bench.stop();
}

/** Frames that the driver had filled by then still come. */
void tellsOfTheEndOfTheStream(Bench& bench) {
  bench.start();
  bench.produce(0);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 0u);
  v4l2_event event{};
  event.type = V4L2_EVENT_EOS;
  EXPECT_EQUAL(bench.driver.announce(event), true);
  bench.waitForNotice<EndOfStream>();
  bench.produce(1);
  EXPECT_EQUAL(bench.waitForFrame().sequence, 1u);
  bench.stop();
  EXPECT_EQUAL(bench.driver.liveMappings(), 0);
}

/** Several at once are passed on in their order, each with its values. */
void tellsOfControlsThatChange(Bench& bench) {
  bench.start();
  v4l2_event event{};
  event.type = V4L2_EVENT_CTRL;
  for (const std::uint32_t id : {V4L2_CID_BRIGHTNESS, V4L2_CID_CONTRAST, V4L2_CID_HUE}) {
    event.id = id;
    event.u.ctrl.changes = V4L2_EVENT_CTRL_CH_VALUE;
    event.u.ctrl.value = static_cast<std::int32_t>(id % 100);
    EXPECT_EQUAL(bench.driver.announce(event), true);
  }
  for (const std::uint32_t id : {V4L2_CID_BRIGHTNESS, V4L2_CID_CONTRAST, V4L2_CID_HUE}) {
    const auto change = bench.waitForNotice<ControlChange>();
    EXPECT_EQUAL(change.id, id);
    EXPECT_EQUAL(change.value, std::int64_t{id % 100});
  }
  bench.produce(0);
  bench.waitForFrame();
  bench.stop();
}

/** Returns when the engine has finished whatever it did when this was called: it hears of a control only after that. */
void waitUntilEngineIsDone(Bench& bench) {
  v4l2_event event{};
  event.type = V4L2_EVENT_CTRL;
  event.id = V4L2_CID_BRIGHTNESS;
  event.u.ctrl.changes = V4L2_EVENT_CTRL_CH_VALUE;
  EXPECT_EQUAL(bench.driver.announce(event), true);
  bench.waitForNotice<ControlChange>();
}

void writesThroughUserPointers(Bench& bench) {
  bench.driver.fourcc = V4L2_PIX_FMT_SRGGB10;
  bench.driver.strideBytes = 16;
  StreamOptions options = bench.options();
  options.mode = MemoryMode::userPointer;
  options.bufferCount = 2;
  options.pendingFrames = 4;
  bench.start(std::move(options), 0);
  for (std::uint32_t sequence = 0; sequence < 8; sequence++) {
    bench.engine->handOver(0);
    while (bench.driver.queuedBuffers() == 0) std::this_thread::yield();
    bench.produceBytes(sequence, std::vector<std::uint8_t>(slotBytes, static_cast<std::uint8_t>(sequence + 1)));
    EXPECT_EQUAL(bench.waitForFrame().sequence, sequence);
    EXPECT_EQUAL(bench.sampleAt(0), (sequence + 1) * 0x101);
  }
  // What the driver could not fill for want of a slot is missing for that reason; what it left out itself is not.
  waitUntilEngineIsDone(bench);
  bench.engine->handOver(0);
  while (bench.driver.queuedBuffers() == 0) std::this_thread::yield();
  bench.produceBytes(10, std::vector<std::uint8_t>(slotBytes));
  EXPECT_EQUAL(bench.waitForFrame().sequence, 10u);
  EXPECT_EQUAL(bench.engine->counters().noFreeSlot, 2u);
  bench.engine->handOver(0);
  bench.engine->handOver(slotBytes);
  while (bench.driver.queuedBuffers() < 2) std::this_thread::yield();
  bench.produceBytes(11, std::vector<std::uint8_t>(slotBytes));
  EXPECT_EQUAL(bench.waitForFrame().sequence, 11u);
  bench.produceBytes(15, std::vector<std::uint8_t>(slotBytes));
  EXPECT_EQUAL(bench.waitForFrame().sequence, 15u);
  EXPECT_EQUAL(bench.engine->counters().noFreeSlot, 2u);
  EXPECT_EQUAL(bench.engine->counters().driverGaps, 3u);
  bench.engine->handOver(0);
  while (bench.driver.queuedBuffers() == 0) std::this_thread::yield();
  bench.produceBytes(16, std::vector<std::uint8_t>(slotBytes - 1));
  bench.waitForCount(&Counters::bad, 1);
  bench.stop();
  bench.driver.strideBytes = 20;
  StreamOptions padded = bench.options();
  padded.mode = MemoryMode::userPointer;
  bench.engine->start(std::move(padded));
  EXPECT_EQUAL(bench.waitForState(StreamState::failed).error->code(), "v4l2.unsupported");
}

void namesARefusedControl(Bench& bench) {
  bench.driver.refusedControls = {V4L2_CID_CONTRAST};
  const std::vector<ControlValue> values{{V4L2_CID_BRIGHTNESS, std::int64_t{9}}, {V4L2_CID_CONTRAST, std::int64_t{9}}};
  std::optional<Error> refusal;
  try {
    writeControls(*bench.device, values, ControlWrite::apply);
  } catch (const Error& error) {
    refusal = error;
  }
  EXPECT_EQUAL(refusal.has_value(), true);
  EXPECT_EQUAL(refusal->control.value_or(0), static_cast<std::uint32_t>(V4L2_CID_CONTRAST));
  EXPECT_EQUAL(refusal->code(), "v4l2.out-of-range");
  const auto read = readControls(*bench.device, {V4L2_CID_BRIGHTNESS}, ControlRead::current);
  EXPECT_EQUAL(std::get<std::int64_t>(read.at(0).value), 1);
}

std::size_t openDescriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

void leaksNothing(Bench& bench) {
  const std::size_t before = openDescriptors();
  std::size_t heapHalfway = 0;
  for (int cycle = 0; cycle < 200; cycle++) {
    if (cycle == 100) heapHalfway = __sanitizer_get_current_allocated_bytes();
    bench.start();
    bench.produce(0);
    bench.waitForFrame();
    // Every other time the engine goes down while it streams.
    if (cycle % 2 == 0) bench.stop();
    bench.engine.reset();
    bench.device.reset();
    EXPECT_EQUAL(bench.driver.liveMappings(), 0);
    bench.open();
  }
  EXPECT_EQUAL(openDescriptors(), before);
  EXPECT_EQUAL(heapHalfway > 0, true);
  EXPECT_EQUAL(__sanitizer_get_current_allocated_bytes(), heapHalfway);
}

}  // namespace

int main() {
  const std::pair<const char*, void (*)(Bench&)> cases[] = {
      {"refuses misuse", refusesMisuse},
      {"unpacks into slots and leaves nothing behind", unpacksIntoSlots},
      {"counts faulty, short and missing frames over the counter's wrap", countsLosses},
      {"lets the newest frame win", letsTheNewestWin},
      {"restarts a stalled stream and gives up with the reason", restartsAStalledStream},
      {"gives up a camera that stalls after every frame", givesUpACameraThatStallsAfterEveryFrame},
      {"forgets the restarts of a stream that has recovered", forgetsRestartsOfAStreamThatHasRecovered},
      {"counts over the wrap of the clock", countsOverTheClocksWrap},
      {"restarts after an input error", restartsAfterAnInputError},
      {"ends when unplugged", endsWhenUnplugged},
      {"names a failed start", namesAFailedStart},
      {"tells of a source change and starts in the new format", tellsOfASourceChange},
      {"tells of the end of the stream", tellsOfTheEndOfTheStream},
      {"tells of controls that change", tellsOfControlsThatChange},
      {"writes through user pointers", writesThroughUserPointers},
      {"names a refused control and writes none", namesARefusedControl},
      {"leaks nothing over 200 cycles", leaksNothing},
  };
  for (const auto& [name, run] : cases) {
    Bench bench;
    bench.open();
    run(bench);
    std::printf("held: %s\n", name);
    std::fflush(stdout);
  }
  return 0;
}
