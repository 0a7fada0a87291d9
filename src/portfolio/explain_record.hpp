// Where the profit of one book of options came from since it began, step by step.
//
//   record.traded(now, line, cost)     a fill, a correction, a bust: what it paid
//   record.close(at, book)             the step is over; `book` as valued at its end
//   record.all(), record.steps()
//
// A step is under way while something is held, or was traded since the last one was closed. Each
// is explained by itself (explain.hpp) and added up, so that all sums are those of the profit. A
// step in which a position has no value, at its beginning or at its end, is unknown: its time is
// counted, and nothing for its profit. Memory is bounded: sums, and the latest steps one by one.
// Single-threaded; nothing is allocated after the constructor.
// Tests: engine/option_explain_test.cpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "portfolio/explain.hpp"

namespace ballast {

struct ExplainStep {
  Timestamp from;
  Timestamp to;
  std::optional<PnlExplain> parts;  // quote; absent: unknown

  template <class Archive>
  void archive(Archive& ar) {
    ar(from, to, parts);
  }
};

struct ExplainSum {
  PnlExplain parts;    // quote, of the steps that are known
  Duration unknown{};  // how long the others were

  void add(const ExplainStep& step);
  template <class Archive>
  void archive(Archive& ar) {
    ar(parts, unknown);
  }
};

class ExplainRecord {
 public:
  static constexpr std::size_t steps_max = 168;  // a week of hours

  /// @param lines  of the book.
  explicit ExplainRecord(std::size_t lines);

  /// `cost` was paid for the line, in its settlement asset; received, below 0. Opens a step.
  void traded(Timestamp now, std::size_t line, Amount cost);
  /// A number left its range: nothing is known from now on.
  void lose() { lost_ = true; }

  bool open() const { return open_; }
  /// When the step under way began.
  Timestamp from() const { return from_; }
  /// The step under way, up to the state of `book`. Error: stale_data, where a position has no
  /// value.
  Result<PnlExplain> explain(const OptionBook& book) const;
  /// Ends the step under way; while the book holds something another begins.
  void close(Timestamp at, const OptionBook& book);

  /// Of all steps that were closed.
  const ExplainSum& all() const { return all_; }
  /// Of those since begin_span().
  const ExplainSum& span() const { return span_; }
  void begin_span() { span_ = {}; }
  /// Of those since midnight UTC.
  ExplainSum today(Timestamp now) const;
  /// The latest, oldest first.
  std::span<const ExplainStep> steps() const { return steps_; }

  template <class Archive>
  void archive(Archive& ar);

 private:
  void read_trades(const OptionBook& book, std::span<LineTraded> out) const;
  Result<PnlExplain> explain(const OptionBook& book, std::span<LineTraded> traded) const;
  void list(const ExplainStep& step);

  bool open_ = false;
  bool lost_ = false;
  Timestamp from_{};
  Timestamp day_{};                // of `today_`
  std::vector<LineState> before_;  // by line, at the step's beginning
  std::vector<Amount> cost_;       // by line, of the step
  std::vector<LineTraded> trades_;
  ExplainSum all_, span_, today_;
  std::vector<ExplainStep> steps_;
};

}  // namespace ballast
