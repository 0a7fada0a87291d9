// Receipts: which batches of events were taken under a key, and what was answered.
//
// Each is a `receipt` event in the journal, in the group of its batch; a snapshot keeps them as
// bytes. They are forgotten after a time, but the last one of each name is kept: a feed that was
// quiet for a week must still know where it was. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "model/event.hpp"

namespace ballast {

struct SubmissionOutcome;

class Receipts {
 public:
  struct Known {
    Timestamp t;
    std::uint64_t request = 0;
    std::string answer;
  };

  void add(Timestamp t, const Receipt& receipt);
  /// Nothing when the name never used the key, or it is forgotten.
  const Known* find(std::string_view by, std::string_view key) const;
  /// The key that the name used last.
  std::optional<std::string> last_key(std::string_view by) const;
  /// All older than `t`, but the last of each name.
  void forget_before(Timestamp t);
  /// add() forgets what is older than the latest by so much.
  static constexpr Duration kept = Duration::hours(24);
  std::size_t size() const { return known_.size(); }

  std::string save() const;
  static Result<Receipts> load(std::string_view bytes);

 private:
  using Id = std::pair<std::string, std::string>;  // name, key

  std::map<Id, Known> known_;
  std::deque<std::pair<Timestamp, Id>> order_;            // by coming; not those kept as the last
  std::map<std::string, std::string, std::less<>> last_;  // name: key
};

/// Of a batch's lines.
std::uint64_t request_hash(std::span<const std::string> lines);

/// An answer as the JSON that a receipt holds, and back. A long list of refusals loses the details
/// of the later ones, never their number or codes.
std::string answer_text(const SubmissionOutcome& outcome);
Result<SubmissionOutcome> parse_answer(std::string_view text);

}  // namespace ballast
