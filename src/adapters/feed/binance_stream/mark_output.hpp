// Marks from a price that changes often: at most one an interval, each the price as it then stood.
//
// A change is sent at once when the interval since the last mark has passed, else the price in
// force when it has passed is sent, stamped with that moment. A price that is said again long after
// its mark is sent again: it still holds, which who only hears of changes cannot tell from silence.
// Time is what set(), pass() and flush() are told.
#pragma once

#include <optional>

#include "adapters/feed/common/importer.hpp"
#include "base/decimal.hpp"
#include "base/timestamp.hpp"

namespace ballast {

class MarkOutput {
 public:
  struct Pace {
    Duration interval;  // at most one mark in this time; zero sends every change
    Duration repeat;    // a price that holds is sent again after this time; zero: never
  };
  explicit MarkOutput(const Pace& pace) : pace_(pace) {}

  /// The price from `t` on.
  void set(Timestamp t, InstrumentId instrument, Price price, ImportSink& sink) {
    pass(t, sink);
    instrument_ = instrument;
    if (price == price_) {
      const bool old = pace_.repeat.ns > 0 && t >= sent_at_ + pace_.repeat;
      if (old && !waiting_ && t >= due_) say(t, sink);
      return;
    }
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
    due_ = t + pace_.interval;
    if (price_ != sent_) say(t, sink);  // else it came back to what was last said
  }
  void say(Timestamp t, ImportSink& sink) {
    due_ = t + pace_.interval;
    sent_ = price_;
    sent_at_ = t;
    sink.event({t, Mark{instrument_, {}, {}, *price_}});
  }

  Pace pace_;
  InstrumentId instrument_;
  std::optional<Price> price_;
  std::optional<Price> sent_;
  Timestamp sent_at_;
  Timestamp due_{INT64_MIN};
  bool waiting_ = false;
};

}  // namespace ballast
