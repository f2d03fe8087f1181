#include "engine.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "events.h"

namespace v4l2 {
namespace {

UniqueFd checked(int fd, const char* operation) {
  if (fd == -1) throw systemError(errno, operation, "the capture thread");
  return UniqueFd(fd);
}

std::chrono::milliseconds patienceOf(const Device& device, std::chrono::milliseconds watchdog) {
  if (watchdog.count() > 0) return watchdog;
  const Fraction interval = readFrameInterval(device).value_or(Fraction{0, 1});
  return std::max(std::chrono::milliseconds(1000), std::chrono::milliseconds(5000LL * interval.numerator / interval.denominator));
}

}  // namespace

Engine::Engine(std::shared_ptr<const Device> device, std::function<void()> wake)
    : device_(std::move(device)),
      exchange_(std::move(wake)),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      commandSignal_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  subscribeToEvents(*device_);
  epoll_event commands{EPOLLIN, {.fd = commandSignal_.get()}};
  epoll_event events{EPOLLPRI, {.fd = device_->fd()}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, commandSignal_.get(), &commands) != 0 ||
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, device_->fd(), &events) != 0) {
    throw systemError(errno, "epoll_ctl", device_->path());
  }
  thread_ = std::thread([this] { run(); });
}

void Engine::shutDown() {
  if (!thread_.joinable()) return;
  post(Quit{});
  thread_.join();
  const std::scoped_lock lock(commandMutex_);
  closed_ = true;
  commands_.clear();
}

void Engine::start(StreamOptions options) {
  if (active_.exchange(true)) {
    throw Error("v4l2.wrong-state", "Expected no active stream on " + device_->path() + ": stop it first", EINVAL);
  }
  // Here and not on the capture thread, so that slots may be handed over as soon as this returns.
  exchange_.reset(options.memory, options.slotBytes, options.pendingFrames);
  refills_ = options.mode == MemoryMode::userPointer;
  post(std::move(options));
}

void Engine::stop() {
  post(Stop{});
}

void Engine::handOver(std::size_t slotOffset) {
  exchange_.handOver(slotOffset);
  if (refills_) post(Refill{});
}

std::vector<UniqueFd> Engine::exportBuffers() {
  Export request;
  std::future<ExportReply> answered = request.reply.get_future();
  post(std::move(request));
  ExportReply reply = answered.get();
  if (const auto* error = std::get_if<Error>(&reply)) throw *error;
  return std::get<std::vector<UniqueFd>>(std::move(reply));
}

Engine::ExportReply Engine::answerExport() const {
  try {
    requireTransition(state_, StreamState::backingOff);
    return queue_ ? queue_->exportBuffers() : std::vector<UniqueFd>{};
  } catch (const Error& error) {
    return error;
  }
}

void Engine::post(Command command) {
  {
    const std::scoped_lock lock(commandMutex_);
    // Dropping an export breaks its promise, which tells whoever waits for it.
    if (closed_) return;
    commands_.push_back(std::move(command));
  }
  eventfd_write(commandSignal_.get(), 1);
}

void Engine::run() {
  while (runCommands()) {
    epoll_event ready[2];
    const int count = epoll_wait(epoll_.get(), ready, 2, waitMilliseconds());
    for (int i = 0; i < count; i++) {
      if (ready[i].data.fd == commandSignal_.get()) {
        eventfd_t ignored;
        eventfd_read(commandSignal_.get(), &ignored);
        continue;
      }
      const std::uint32_t events = ready[i].events;
      if ((events & EPOLLPRI) != 0) readEvents();
      if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) takeFrames(events);
    }
    checkClock();
  }
}

bool Engine::runCommands() {
  for (;;) {
    std::unique_lock lock(commandMutex_);
    if (commands_.empty()) return true;
    Command command = std::move(commands_.front());
    commands_.pop_front();
    lock.unlock();
    if (std::holds_alternative<Quit>(command)) {
      queue_.reset();
      return false;
    }
    if (auto* options = std::get_if<StreamOptions>(&command)) begin(std::move(*options));
    if (std::holds_alternative<Stop>(command) && v4l2::isActive(state_)) endStream(StreamState::idle);
    if (std::holds_alternative<Refill>(command) && state_ == StreamState::streaming) refillBuffers();
    if (const auto* patience = std::get_if<Patience>(&command)) takeWatchdog(patience->watchdog);
    if (auto* request = std::get_if<Export>(&command)) request->reply.set_value(answerExport());
  }
}

int Engine::waitMilliseconds() const {
  if (!v4l2::isActive(state_)) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

void Engine::enter(StreamState next, std::optional<Error> error) {
  requireTransition(state_, next);
  state_ = next;
  // Before the notice: whoever reads it may start again.
  if (!v4l2::isActive(next)) active_ = false;
  exchange_.announce(StateNotice{next, std::move(error), restarts_});
}

void Engine::watch(std::uint32_t epollEvents) {
  epoll_event events{epollEvents, {.fd = device_->fd()}};
  if (epollEvents == 0) {
    // Errors and hang-ups are reported whatever is asked for; only leaving the set silences them.
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, device_->fd(), nullptr);
  } else if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, device_->fd(), &events) != 0) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, device_->fd(), &events);
  }
}

void Engine::begin(StreamOptions options) {
  options_ = std::move(options);
  previousSequence_.reset();
  previousTimestampNs_.reset();
  sequence_ = 0;
  restarts_ = 0;
  wasStarved_ = false;
  if (state_ == StreamState::unplugged) {
    active_ = false;
    exchange_.announce(StateNotice{state_, systemError(ENODEV, "VIDIOC_STREAMON", device_->path()), 0});
    return;
  }
  try {
    openQueue();
    enter(StreamState::streaming);
  } catch (const Error& error) {
    endStream(error.errnoValue() == ENODEV ? StreamState::unplugged : StreamState::failed, error);
  }
}

void Engine::openQueue() {
  const Format format = readFormat(*device_);
  writer_.emplace(format);
  const bool direct = options_.mode == MemoryMode::userPointer;
  std::size_t needed = writer_->slotBytes();
  if (direct) needed = std::max<std::size_t>(needed, format.planes.empty() ? 0 : format.planes.front().sizeBytes);
  if (direct && !writer_->isIdentity()) {
    throw Error("v4l2.unsupported", "Expected a format without packing or padding for memory \"user-pointer\" but received " +
                                        fourccText(format.fourcc) + ": use \"mmap\"", EINVAL);
  }
  if (options_.slotBytes < needed) {
    throw Error("v4l2.invalid", "Expected at least " + std::to_string(needed) + " for slotBytes but received " +
                                    std::to_string(options_.slotBytes), EINVAL);
  }
  patience_ = patienceOf(*device_, options_.watchdog);

  std::vector<int> dmaBufs;
  for (const UniqueFd& fd : options_.dmaBufs) dmaBufs.push_back(fd.get());
  const auto count = options_.mode == MemoryMode::dmaBuf
                         ? static_cast<std::uint32_t>(dmaBufs.size() / std::max<std::size_t>(1, format.planes.size()))
                         : options_.bufferCount;
  queue_ = std::make_unique<CaptureQueue>(*device_, options_.mode, count, format.planes.size(), std::move(dmaBufs));
  slotOfBuffer_.assign(queue_->count(), std::nullopt);
  if (direct) {
    giveSlotsToDriver();
  } else {
    for (std::uint32_t index = 0; index < queue_->count(); index++) {
      if (const int errnoValue = queue_->queue(index); errnoValue != 0) {
        throw systemError(errnoValue, "VIDIOC_QBUF", device_->path());
      }
    }
  }
  queue_->streamOn();
  queuedAt_ = Clock::now();
  deadline_ = queuedAt_ + patience_;
  watchForFrames();
}

void Engine::takeWatchdog(std::chrono::milliseconds watchdog) {
  if (!v4l2::isActive(state_)) return;
  options_.watchdog = watchdog;
  patience_ = patienceOf(*device_, watchdog);
  // While backing off, the deadline is that of the restart.
  if (state_ == StreamState::streaming) deadline_ = std::max(deadline_, Clock::now() + patience_);
}

bool Engine::hasRecovered(Clock::time_point now) const {
  const auto recovery = options_.recovery.count() > 0 ? options_.recovery : 10 * patience_;
  return now - queuedAt_ >= recovery;
}

void Engine::endStream(StreamState next, std::optional<Error> error) {
  // Not listening for frames first: a queue that does not stream reports an error at every look.
  watch(next == StreamState::unplugged ? 0u : std::uint32_t{EPOLLPRI});
  queue_.reset();
  options_.dmaBufs.clear();
  enter(next, std::move(error));
}

void Engine::restartLater(const Error& reason) {
  watch(EPOLLPRI);
  queue_.reset();
  for (std::optional<std::size_t>& slot : slotOfBuffer_) {
    if (slot) exchange_.giveBack(*slot);
    slot.reset();
  }
  if (restarts_ >= options_.maximumRestarts) {
    endStream(StreamState::failed, Error("v4l2.stalled", std::string(reason.what()) + "; given up after " +
                                                             std::to_string(restarts_) + " restarts without a recovery",
                                               reason.errnoValue()));
    return;
  }
  deadline_ = Clock::now() + options_.firstBackOff * (1u << std::min(restarts_, 8u));
  restarts_++;
  exchange_.count(&Counters::restarts);
  enter(StreamState::backingOff, reason);
}

void Engine::restart() {
  // The driver begins to count anew: what was lost meanwhile is told by the time that has passed.
  previousSequence_.reset();
  try {
    openQueue();
    enter(StreamState::streaming);
  } catch (const Error& error) {
    if (error.errnoValue() == ENODEV) {
      endStream(StreamState::unplugged, error);
    } else {
      restartLater(error);
    }
  }
}

void Engine::checkClock() {
  if (!v4l2::isActive(state_) || Clock::now() < deadline_) return;
  if (state_ == StreamState::backingOff) {
    restart();
  } else if (isStarved()) {
    deadline_ = Clock::now() + patience_;
  } else {
    restartLater(Error("v4l2.stalled", "No frame from " + device_->path() + " for " + std::to_string(patience_.count()) + " ms"));
  }
}

void Engine::readEvents() {
  while (const auto event = dequeueEvent(*device_)) {
    std::visit([this](const auto& notice) { exchange_.announce(notice); }, *event);
  }
}

}  // namespace v4l2
