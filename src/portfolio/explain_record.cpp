#include "portfolio/explain_record.hpp"

#include <algorithm>

#include "base/archive.hpp"

namespace ballast {
namespace {

constexpr Duration one_day = Duration::days(1);

}  // namespace

void ExplainSum::add(const ExplainStep& step) {
  if (step.parts) {
    parts += *step.parts;
  } else {
    unknown = unknown + (step.to - step.from);
  }
}

ExplainRecord::ExplainRecord(std::size_t lines) : before_(lines), cost_(lines), trades_(lines) {
  steps_.reserve(steps_max);
}

void ExplainRecord::traded(Timestamp now, std::size_t line, Amount cost) {
  if (!open_) {
    open_ = true;
    from_ = now;
  }
  Amount& sum = cost_[line];
  if (__builtin_add_overflow(sum.raw, cost.raw, &sum.raw)) lose();
}

void ExplainRecord::read_trades(const OptionBook& book, std::span<LineTraded> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = {book.contracts(i) - before_[i].contracts,
              to_double(cost_[i]) / book.terms(i).contract_size};
  }
}

Result<PnlExplain> ExplainRecord::explain(const OptionBook& book,
                                          std::span<LineTraded> traded) const {
  if (lost_) {
    return fail(Errc::stale_data,
                "a position or what was paid for it left the range of decimals: replay the "
                "journal without the fill that did it");
  }
  read_trades(book, traded);
  return ballast::explain(before_, book, traded);
}

Result<PnlExplain> ExplainRecord::explain(const OptionBook& book) const {
  std::vector<LineTraded> traded(before_.size());
  return explain(book, traded);
}

void ExplainRecord::close(Timestamp at, const OptionBook& book) {
  if (!open_) return;
  ExplainStep step{from_, at, std::nullopt};
  if (auto parts = explain(book, trades_)) step.parts = *parts;
  if (const Timestamp day = floor_to(step.from, one_day); day != day_) {
    day_ = day;
    today_ = {};
  }
  for (ExplainSum* sum : {&all_, &span_, &today_})
    sum->add(step);
  list(step);
  read_lines(book, before_);
  std::fill(cost_.begin(), cost_.end(), Amount{});
  from_ = at;
  open_ = std::any_of(before_.begin(), before_.end(),
                      [](const LineState& line) { return line.contracts != 0.0; });
}

void ExplainRecord::list(const ExplainStep& step) {
  if (step.from == step.to) return;  // cut where it began
  if (steps_.size() == steps_max) steps_.erase(steps_.begin());
  steps_.push_back(step);
}

ExplainSum ExplainRecord::today(Timestamp now) const {
  return floor_to(now, one_day) == day_ ? today_ : ExplainSum{};
}

template <class Archive>
void ExplainRecord::archive(Archive& ar) {
  ar(open_, lost_, from_, day_, all_, span_, today_, steps_);
  if (open_) {
    for (LineState& line : before_)
      ar(line);
    for (Amount& cost : cost_)
      ar(cost.raw);
  }
  if constexpr (Archive::loading) {
    if (steps_.size() > steps_max) ar.fail();
    steps_.reserve(steps_max);
  }
}

template void ExplainRecord::archive(SaveArchive&);
template void ExplainRecord::archive(LoadArchive&);

}  // namespace ballast
