// Execution: whoever carries out what control wants, at a venue or on paper.
//
// Nothing comes back but events: what became of an order, its fills, transfers on their way, what
// is quoted. They come in the order of their times and never before the request's own time, so a
// run that steps them through the engine in time order is a whole closed loop, and its journal
// replays without the port. Implementations decide latency; a deterministic one decides it from its
// seed.
#pragma once

#include <optional>

#include "base/timestamp.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

class Execution {
 public:
  virtual ~Execution() = default;

  virtual void send(Timestamp now, const OrderRequest& request) = 0;
  virtual void cancel(Timestamp now, const CancelRequest& request) = 0;
  virtual void quote(Timestamp now, const QuoteRequest& request) = 0;
  virtual void transfer(Timestamp now, const TransferRequest& request) = 0;

  /// The market as the venue sees it: every event of the run, in order, before the engine's own.
  virtual void observe(const Event& event) = 0;
  /// When the next of its events is due; nothing when none is.
  virtual std::optional<Timestamp> next_due() const = 0;
  /// Takes the next event out. Requires next_due().
  virtual Event take() = 0;

 protected:
  Execution() = default;
  Execution(const Execution&) = default;
  Execution& operator=(const Execution&) = default;
};

}  // namespace ballast
