// Which of the events about to be appended the journal holds already: so an input whose replay was
// interrupted is gone on with, and not taken twice.
//
// The input is the journal's own continuation when its first event is not in the journal; then
// nothing of it is known. Otherwise it must agree with the journal from that event to the journal's
// end, event by event, and what follows is new. Errc::conflict when it does not. Reads on a
// connection of its own, until the last known event. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast {

class KnownEvents {
 public:
  /// Of the journal at `path`, which ends at `last_seq`.
  static Result<KnownEvents> open(const std::string& path,
                                  std::uint64_t last_seq,
                                  const std::string& vfs = {});

  /// The number that the input's next event has in the journal; 0 when it is new.
  Result<std::uint64_t> take(Timestamp t, std::string_view body);

 private:
  enum class State : std::uint8_t { before, within, past };

  Result<std::uint64_t> find(Timestamp t, std::string_view body);

  std::string path_;
  sqlite::Database database_;
  sqlite::Statement rows_;
  State state_ = State::before;
  std::uint64_t first_ = 0;  // where the input begins
  std::uint64_t next_ = 1;
  std::uint64_t last_ = 0;
};

}  // namespace ballast
