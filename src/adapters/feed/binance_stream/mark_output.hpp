// Marks from a price that changes often: at most one an interval, each the price as it then stood.
//
// A change is sent at once when the interval since the last mark has passed, else the price in
// force when it has passed is sent, stamped with that moment. Time is what set(), pass() and
// flush() are told.
#pragma once

#include <optional>

#include "adapters/feed/common/importer.hpp"
#include "base/decimal.hpp"
#include "base/timestamp.hpp"

namespace ballast {

class MarkOutput {
 public:
  /// Zero sends every change.
  explicit MarkOutput(Duration interval) : interval_(interval) {}

  /// The price from `t` on.
  void set(Timestamp t, InstrumentId instrument, Price price, ImportSink& sink) {
    pass(t, sink);
    instrument_ = instrument;
    if (price == price_) return;
    price_ = price;
    if (t < due_) {
      waiting_ = true;
    } else {
      send(t, sink);
    }
  }
  /// Nothing changed before `t`; at `t` itself something still may.
  void pass(Timestamp t, ImportSink& sink) {
    if (waiting_ && t > due_) send(due_, sink);
  }
  /// The input ends, or the price becomes unknown: what waits is sent as of `t`, and the next price
  /// is sent even when it is the same.
  void flush(Timestamp t, ImportSink& sink) {
    pass(t, sink);
    if (waiting_) send(t, sink);
    price_.reset();
    sent_.reset();
  }

 private:
  void send(Timestamp t, ImportSink& sink) {
    waiting_ = false;
    due_ = t + interval_;
    if (price_ == sent_) return;  // it came back to what was last said
    sent_ = price_;
    sink.event({t, Mark{instrument_, {}, {}, *price_}});
  }

  Duration interval_;
  InstrumentId instrument_;
  std::optional<Price> price_;
  std::optional<Price> sent_;
  Timestamp due_{INT64_MIN};
  bool waiting_ = false;
};

}  // namespace ballast
