#include "sim/demo_world.hpp"

#include <utility>

#include "base/contract.hpp"

namespace ballast {
namespace {

PaperVenue paper_venues(const Desk& desk, std::uint64_t seed) {
  PaperOptions options;
  options.seed = seed;
  options.latency = Duration::milliseconds(80);
  options.jitter = Duration::milliseconds(60);
  options.rejects = 0.01;
  options.lost_answers = 0.005;
  auto venues = PaperVenue::create(desk, options);
  BALLAST_ASSERT(venues.has_value());
  return std::move(*venues);
}

}  // namespace

DemoWorld::DemoWorld(const Desk& desk, std::uint64_t seed, DemoDays days)
    : venues_(paper_venues(desk, seed)),
      prices_(seed),
      rng_(seed ^ 0x666c6f77),
      tape_(demo_day_start),
      days_(days),
      option_rng_(seed ^ 0x6f707469) {
  opening();
}

Result<bool> DemoWorld::next(Event& out) {
  while (tape_.empty()) {
    if (second_ == demo_day_seconds && days_ == DemoDays::one) return false;
    make_second();
    ++second_;
  }
  out = tape_.next();
  return true;
}

void DemoWorld::make_second() {
  prices_.step();
  market();
  prints(ids.btc_spot, 1.0 / 24.0, 0.11);
  prints(ids.eth_spot, 1.0 / 26.0, 2.2);
  prints(ids.btc_linear, 1.0 / 36.0, 0.10);
  client_blocks();
  options();
  answer_proposals();
  story();
  if (second_ % 3600 == 1800) tape_.at(999, Tape::Lazy([this] { return statements(); }));
  tape_.end_second();
}

Event DemoWorld::take() {
  Event event = venues_.take();
  if (const auto* fill = std::get_if<Fill>(&event.body)) {
    holdings_.take(*fill, ids);
    if (fill->origin == Origin::quote) impact(*fill);
  } else if (const auto* transfer = std::get_if<Transfer>(&event.body)) {
    holdings_.take(*transfer, ids);
  } else if (const auto* change = std::get_if<BalanceChange>(&event.body)) {
    holdings_.take(*change, ids);
  }
  return event;
}

void DemoWorld::observe(const Event& event) {
  venues_.observe(event);
  const auto* decision = std::get_if<Decision>(&event.body);
  if (decision == nullptr) return;
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.proposal == decision->id; });
  if (decision->state != ProposalState::waiting) return;
  // People take their time, and more of it when there is much to do.
  const bool busy = prices_.stressed() || rng_.chance(0.1);
  const auto takes = static_cast<int>(busy ? rng_.between(60, 240) : rng_.between(8, 45));
  waiting_.push_back({second_ + takes, decision->id});
}

void DemoWorld::answer_proposals() {
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    if (waiting.due > second_) return false;
    tape_.at(0, Approve{waiting.proposal, true, Note("trader"), {}});
    return true;
  });
}

}  // namespace ballast
