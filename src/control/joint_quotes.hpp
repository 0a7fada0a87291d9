// The quotes of the model of several assets together: how wide each stands and how it leans when
// all that is held, and how prices move with each other, is looked at as one market.
//
// The market is learnt anew once a minute. Depths are in money: divided by money_per_price() of its
// instrument, one is in the quote's own prices. Deterministic; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/timestamp.hpp"
#include "control/situation.hpp"
#include "model/desk.hpp"
#include "quant/control/glft_multi.hpp"

namespace ballast {

class JointQuotes {
 public:
  explicit JointQuotes(const Desk& desk);

  /// Learns the market from the present estimates where it is not of this minute.
  void renew(const Situation& situation);
  /// What each quote's depths would be if these factors were leaned against.
  void solve(const Situation& situation, const std::function<bool(FactorId)>& leaning);

  struct Depths {
    double bid = 0.0;
    double ask = 0.0;
  };
  /// As they were solved last, of a quote by its place in Desk::quotes; nothing where its model is
  /// another, or they are unknown.
  std::optional<Depths> depths(std::size_t index) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(sigma_, k_, fill_rate_, size_, made_);
    if constexpr (Archive::loading) make_market();
  }

 private:
  bool learn_market(const Situation& situation);
  void make_market();

  const Desk* desk_;
  std::vector<std::uint32_t> quotes_;  // by place among them: the place in Desk::quotes
  // What the market was made of, by place.
  std::vector<double> sigma_;
  std::vector<double> k_;
  std::vector<double> fill_rate_;
  std::vector<double> size_;
  Timestamp made_{};
  std::optional<GlftMulti> market_;  // derived
  // Scratch, by place.
  std::vector<double> held_;
  std::vector<double> bid_;
  std::vector<double> ask_;
  bool known_ = false;  // bid_ and ask_ are
};

}  // namespace ballast
