// "Did you mean": the known name nearest to one that is not known, for error messages.
//
//   Suggestion near(wanted);
//   for (const Asset& asset : desk.assets) near.consider(asset.name);
//   message += near.text();                       // `; did you mean "BTC"?` or nothing
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ballast {

/// Edits that turn one text into the other: insert, delete, replace, or swap two neighbours
/// (optimal string alignment; Damerau 1964). The case of ASCII letters does not count. Texts longer
/// than edit_length_max are never near anything: the answer is their greatest length.
std::size_t edit_distance(std::string_view a, std::string_view b);
constexpr std::size_t edit_length_max = 64;

class Suggestion {
 public:
  /// `wanted` must outlive the suggestion, as must every candidate.
  explicit Suggestion(std::string_view wanted);

  /// Keeps the candidate when it is nearer than those before; of equals the first stays.
  void consider(std::string_view candidate);

  /// Empty when no candidate was near enough to be a slip of the same word: a third of its length.
  std::string_view best() const { return best_; }
  /// `; did you mean "best"?`, or empty.
  std::string text() const;

 private:
  std::string_view wanted_;
  std::string_view best_;
  std::size_t allowed_;  // edits that the next best may have
  bool found_ = false;
};

}  // namespace ballast
