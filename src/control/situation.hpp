// What control may look at: the desk, the market as it is known, the books, and how each factor
// stands. The engine provides it; nothing here changes anything.
#pragma once

#include <optional>
#include <string_view>

#include "adherence/reading.hpp"
#include "base/timestamp.hpp"
#include "book/books.hpp"
#include "market/learning.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"
#include "portfolio/option_desk.hpp"

namespace ballast {

class Situation {
 public:
  virtual ~Situation() = default;

  virtual Timestamp now() const = 0;
  virtual const Desk& desk() const = 0;
  virtual const Market& market() const = 0;
  virtual const MarketLearning& learning() const = 0;
  virtual const Books& books() const = 0;
  virtual const OptionDesk& options() const = 0;
  /// Nothing while the factor is unknown; why_unknown() then says why.
  virtual const FactorState* known_state(FactorId id) const = 0;
  virtual std::string_view why_unknown(FactorId id) const = 0;
  /// Of the deviation, in seconds; nothing when it does not revert.
  virtual std::optional<double> half_life_seconds(FactorId id) const = 0;
  /// What moved the factor out of its band, mostly.
  virtual std::string_view dominant_cause(FactorId id) const = 0;

  Learned estimate(EstimateKind kind, InstrumentId instrument) const {
    return learning().estimate(now(), instrument, kind);
  }
  std::optional<double> value(EstimateKind kind, InstrumentId instrument) const {
    return learning().figure(now(), instrument, kind).given();
  }

 protected:
  Situation() = default;
  Situation(const Situation&) = default;
  Situation& operator=(const Situation&) = default;
};

}  // namespace ballast
