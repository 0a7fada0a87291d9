#include "runtime/merge.hpp"

#include <utility>

namespace ballast {

MergedSource::MergedSource(std::vector<std::unique_ptr<EventSource>> sources) {
  for (auto& source : sources)
    heads_.push_back({std::move(source), {}, false});
}

Result<void> MergedSource::fill(Head& head) {
  BALLAST_TRY(present, head.source->next(head.event));
  head.present = present;
  return {};
}

Result<bool> MergedSource::next(Event& out) {
  // The head that was handed out is refilled on the next call, so that where() still names it.
  if (!begun_) {
    for (Head& head : heads_)
      BALLAST_CHECK(fill(head));
    begun_ = true;
  } else if (last_ < heads_.size()) {
    BALLAST_CHECK(fill(heads_[last_]));
  }
  last_ = heads_.size();
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (!heads_[i].present) continue;
    if (last_ == heads_.size() || heads_[i].event.t < heads_[last_].event.t) last_ = i;
  }
  if (last_ == heads_.size()) return false;
  std::swap(out, heads_[last_].event);
  return true;
}

std::string MergedSource::where() const {
  return last_ < heads_.size() ? heads_[last_].source->where() : std::string{};
}

std::uint64_t MergedSource::bytes_read() const {
  std::uint64_t sum = 0;
  for (const Head& head : heads_)
    sum += head.source->bytes_read();
  return sum;
}

std::uint64_t MergedSource::bytes_total() const {
  std::uint64_t sum = 0;
  for (const Head& head : heads_) {
    if (head.source->bytes_total() == 0) return 0;
    sum += head.source->bytes_total();
  }
  return sum;
}

}  // namespace ballast
