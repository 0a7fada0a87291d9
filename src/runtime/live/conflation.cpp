#include "runtime/live/conflation.hpp"

#include <variant>

namespace ballast {
namespace {

struct PriceKind {
  InstrumentId instrument;
  std::size_t kind = 0;
};

std::optional<PriceKind> price_kind(const EventBody& body) {
  if (const auto* mark = std::get_if<Mark>(&body)) return PriceKind{mark->instrument, 0};
  if (const auto* top = std::get_if<Top>(&body)) return PriceKind{top->instrument, 1};
  if (const auto* depth = std::get_if<Depth>(&body)) return PriceKind{depth->instrument, 2};
  return std::nullopt;
}

}  // namespace

bool Conflation::holds(Event& event, Timestamp now) {
  const auto price = price_kind(event.body);
  if (!price || !price->instrument.valid()) return false;
  const std::size_t instrument = price->instrument.index();
  if (instrument >= intervals_.size() || intervals_[instrument].ns <= 0) return false;
  const std::size_t index = instrument * kinds + price->kind;
  Slot& slot = slots_[index];
  if (slot.held) {
    ++replaced_;
    if (event.t >= slot.held->t) slot.held = std::move(event);
    return true;
  }
  if (slot.stored && now - *slot.stored < intervals_[instrument]) {
    due_.emplace(*slot.stored + intervals_[instrument], index);
    slot.held = std::move(event);
    return true;
  }
  slot.stored = now;
  return false;
}

std::optional<Event> Conflation::take(Timestamp now) {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  Slot& slot = slots_[due_.begin()->second];
  due_.erase(due_.begin());
  slot.stored = now;
  std::optional<Event> event = std::move(slot.held);
  slot.held.reset();
  return event;
}

}  // namespace ballast
