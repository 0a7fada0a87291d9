#include "sim/visible_market.hpp"

#include <algorithm>
#include <utility>

#include "sim/paper_terms.hpp"

namespace ballast {
namespace {

/// Among orders of a side, whether price `a` comes before `b`.
bool better(Side side, Price a, Price b) { return side == Side::buy ? a > b : a < b; }

std::optional<BookLevel> level(Price price, Quantity qty) {
  if (qty.zero()) return std::nullopt;
  return BookLevel{price, qty};
}

}  // namespace

bool VisibleMarket::news(Timestamp t) {
  if (known_ && t < heard_) return false;
  known_ = true;
  heard_ = t;
  return true;
}

bool VisibleMarket::hear(Timestamp t, const Top& top) {
  if (!news(t)) return false;
  state_best(bids_, level(top.bid, top.bid_qty));
  state_best(asks_, level(top.ask, top.ask_qty));
  return true;
}

bool VisibleMarket::hear(Timestamp t, const Depth& depth) {
  if (!news(t)) return false;
  state_levels(bids_, depth.bids);
  state_levels(asks_, depth.asks);
  depth_at_ = t;
  return true;
}

Quantity VisibleMarket::left_of(const Ladder& ladder, const BookLevel& stated) const {
  if (ladder.best == stated) return ladder.best_left;
  if (depth_recent(heard_)) {
    for (const Level& known : ladder.levels) {
      if (known.stated == stated) return known.left;
    }
  }
  const auto share = product<Quantity>(stated.qty, rule_.share);
  return share ? whole_lots(*share, rule_.lot) : Quantity{};
}

void VisibleMarket::state_best(Ladder& ladder, std::optional<BookLevel> best) const {
  ladder.best_left = best ? left_of(ladder, *best) : Quantity{};
  ladder.best = best;
}

void VisibleMarket::state_levels(Ladder& ladder, const std::vector<BookLevel>& levels) const {
  std::vector<Level> stated;
  stated.reserve(levels.size());
  for (const BookLevel& level : levels)
    stated.push_back({level, left_of(ladder, level)});
  ladder.levels = std::move(stated);
  state_best(ladder, levels.empty() ? std::nullopt : std::optional(levels.front()));
}

bool VisibleMarket::crosses(Side side, Price price) const {
  const auto& other = best(opposite(side));
  return other && !better(opposite(side), price, other->price);
}

std::optional<Quantity> VisibleMarket::stated_at(Side side, Price price, Timestamp now) const {
  const Ladder& known = ladder(side);
  if (!known.best || better(side, price, known.best->price)) return Quantity{};
  if (price == known.best->price) return known.best->qty;
  if (!depth_recent(now) || known.levels.empty()) return std::nullopt;
  for (const Level& behind : known.levels) {
    if (behind.stated.price == price) return behind.stated.qty;
  }
  if (better(side, price, known.levels.back().stated.price)) return Quantity{};
  return std::nullopt;
}

std::vector<BookLevel> VisibleMarket::takeable(Side side,
                                               Quantity qty,
                                               std::optional<Price> limit,
                                               Timestamp now) const {
  const Side other = opposite(side);
  const Ladder& from = ladder(other);
  std::vector<BookLevel> taken;
  const auto add = [&](Price price, Quantity left) {
    const Quantity part = std::min(left, whole_lots(qty, rule_.lot));
    if (part.sign() <= 0 || (limit && better(other, *limit, price))) return;
    taken.push_back({price, part});
    qty -= part;
  };
  if (!from.best) return taken;
  add(from.best->price, from.best_left);
  if (!depth_recent(now)) return taken;
  for (const Level& behind : from.levels) {
    if (better(other, from.best->price, behind.stated.price)) add(behind.stated.price, behind.left);
  }
  return taken;
}

std::vector<BookLevel> VisibleMarket::take(Side side,
                                           Quantity qty,
                                           std::optional<Price> limit,
                                           Timestamp now) {
  std::vector<BookLevel> taken = takeable(side, qty, limit, now);
  Ladder& from = ladder(opposite(side));
  for (const BookLevel& part : taken) {
    if (part.price == from.best->price) from.best_left -= part.qty;
    // The best of a depth is one of its levels too, and may lie behind a better best later.
    for (Level& level : from.levels) {
      if (level.stated.price == part.price) level.left -= std::min(level.left, part.qty);
    }
  }
  return taken;
}

}  // namespace ballast
