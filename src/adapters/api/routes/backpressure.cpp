#include "adapters/api/routes/backpressure.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace ballast::api {

using SteadyClock = std::chrono::steady_clock;

struct Backpressure::State {
  struct Waiting {
    Submission submission;
    std::function<void()> gave_up;
    SteadyClock::time_point until;
  };

  DeskPort& desk;
  Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Waiting> waiting;
  bool trying = false;  // the worker has the first of those that wait
  bool stopping = false;
  std::thread worker;

  State(DeskPort& port, Options chosen) : desk(port), options(chosen) {
    worker = std::thread([this] { run(); });
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (waiting.empty()) {
        changed.wait(lock, [&] { return stopping || !waiting.empty(); });
        continue;
      }
      Waiting first = std::move(waiting.front());
      waiting.pop_front();
      trying = true;
      lock.unlock();
      const bool taken = desk.try_submit(first.submission);
      const bool late = !taken && SteadyClock::now() >= first.until;
      if (late) first.gave_up();
      lock.lock();
      trying = false;
      if (taken || late) continue;
      waiting.push_front(std::move(first));
      changed.wait_for(lock, std::chrono::nanoseconds(options.again.ns), [&] { return stopping; });
    }
    std::deque<Waiting> left = std::move(waiting);
    waiting.clear();
    lock.unlock();
    for (Waiting& one : left)
      one.gave_up();
  }
};

Backpressure::Backpressure(DeskPort& desk, Options options)
    : state_(std::make_unique<State>(desk, options)) {}

Backpressure::~Backpressure() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->worker.join();
}

void Backpressure::submit(Submission submission, std::function<void()> gave_up) {
  {
    const std::lock_guard lock(state_->mutex);
    const bool turn = state_->waiting.empty() && !state_->trying;  // nobody is overtaken
    if (turn && !state_->stopping && state_->desk.try_submit(submission)) return;
    if (!state_->stopping && state_->waiting.size() < state_->options.waiting_max) {
      const auto until = SteadyClock::now() + std::chrono::nanoseconds(state_->options.patience.ns);
      state_->waiting.push_back({std::move(submission), std::move(gave_up), until});
      state_->changed.notify_all();
      return;
    }
  }
  gave_up();
}

}  // namespace ballast::api
