#include "runtime/closed_loop.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {
namespace {

/// Far above what one event can rightly lead to, far below what fills a disk.
constexpr std::uint32_t at_once_max = 10'000;

}  // namespace

ClosedLoop::ClosedLoop(LoopEnds ends, Execution* execution, std::optional<Timestamp> since)
    : ends_(std::move(ends)),
      execution_(execution),
      now_{since.value_or(Timestamp{std::numeric_limits<std::int64_t>::min()})} {
  BALLAST_ASSERT(ends_.step && ends_.sink);
}

Result<LoopCounts> ClosedLoop::run(EventSource& recording) {
  Event event;
  for (;;) {
    BALLAST_TRY(present, recording.next(event));
    if (!present) {
      BALLAST_CHECK(pass(now_));
      return counts_;
    }
    BALLAST_CHECK(push(event));
  }
}

Result<void> ClosedLoop::push(const Event& event) {
  BALLAST_CHECK(pass(std::max(event.t, now_)));
  at_once_ = 0;
  ++counts_.recorded;
  return take(event);
}

Result<void> ClosedLoop::pass(Timestamp t) {
  for (;;) {
    const auto due = execution_ != nullptr ? execution_->next_due() : std::nullopt;
    const bool executes = due && *due <= t;
    if (const auto wakes = wakes_before(executes ? *due : t)) {
      at_once_ = 0;
      ++counts_.woken;
      BALLAST_CHECK(take({*wakes, Tick{}}));
      continue;
    }
    if (!executes) return {};
    const Event event = execution_->take();
    if (event.t > now_) at_once_ = 0;
    BALLAST_CHECK(caused());
    ++counts_.executed;
    BALLAST_CHECK(take(event));
  }
}

/// When the engine wakes up after now and before `t`. What it is to do now it has done.
std::optional<Timestamp> ClosedLoop::wakes_before(Timestamp t) const {
  if (!ends_.wakes) return std::nullopt;
  const auto wakes = ends_.wakes();
  return wakes && *wakes > now_ && *wakes < t ? wakes : std::nullopt;
}

std::optional<Timestamp> ClosedLoop::due() const {
  const auto executes = execution_ != nullptr ? execution_->next_due() : std::nullopt;
  auto wakes = ends_.wakes ? ends_.wakes() : std::nullopt;
  if (wakes && *wakes <= now_) wakes.reset();
  if (!executes || !wakes) return executes ? executes : wakes;
  return std::min(*executes, *wakes);
}

Result<void> ClosedLoop::take(const Event& event) {
  now_ = std::max(now_, event.t);
  BALLAST_CHECK(step(event));
  while (!decided_.empty()) {
    const Event decision{now_, std::move(decided_.front())};
    decided_.pop_front();
    BALLAST_CHECK(caused());
    ++counts_.decisions;
    BALLAST_CHECK(step(decision));
  }
  return {};
}

Result<void> ClosedLoop::step(const Event& event) {
  if (execution_ != nullptr) execution_->observe(event);
  const std::span<const Effect> effects = ends_.step(event);
  BALLAST_CHECK(ends_.sink(event));
  for (const Effect& effect : effects)
    act(effect);
  return {};
}

void ClosedLoop::act(const Effect& effect) {
  if (const auto* decided = std::get_if<Decided>(&effect.body)) {
    decided_.push_back(decided->decision);
  } else if (execution_ == nullptr) {
    if (ends_.watch) ends_.watch(effect);
  } else if (const auto* order = std::get_if<OrderRequest>(&effect.body)) {
    execution_->send(now_, *order);
  } else if (const auto* cancel = std::get_if<CancelRequest>(&effect.body)) {
    execution_->cancel(now_, *cancel);
  } else if (const auto* quote = std::get_if<QuoteRequest>(&effect.body)) {
    execution_->quote(now_, *quote);
  } else if (const auto* transfer = std::get_if<TransferRequest>(&effect.body)) {
    execution_->transfer(now_, *transfer);
  } else if (ends_.watch) {
    ends_.watch(effect);
  }
}

Result<void> ClosedLoop::caused() {
  if (++at_once_ <= at_once_max) return {};
  return fail(Errc::no_convergence,
              fmt::format("at {} {} decisions and executions followed from one another without "
                          "time passing: a decision must not cause itself again",
                          to_string(now_), at_once_max));
}

}  // namespace ballast
