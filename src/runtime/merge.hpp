// Several sources as one, by time.
//
// Each source keeps its own order (a late event stays late); of the sources' next events the
// earliest is taken, and of equal times the one of the source that was named first. So the merge of
// the same inputs is the same list, always.
#pragma once

#include <memory>
#include <vector>

#include "ports/event_source.hpp"

namespace ballast {

class MergedSource final : public EventSource {
 public:
  explicit MergedSource(std::vector<std::unique_ptr<EventSource>> sources);

  Result<bool> next(Event& out) override;
  std::string where() const override;
  std::uint64_t bytes_read() const override;
  std::uint64_t bytes_total() const override;

 private:
  struct Head {
    std::unique_ptr<EventSource> source;
    Event event;
    bool present = false;
  };
  Result<void> fill(Head& head);

  std::vector<Head> heads_;
  std::size_t last_ = 0;
  bool begun_ = false;
};

}  // namespace ballast
