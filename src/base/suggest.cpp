#include "base/suggest.hpp"

#include <algorithm>
#include <array>

namespace ballast {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > edit_length_max || b.size() > edit_length_max) return std::max(a.size(), b.size());
  // Row i of the table needs the two rows above it: the second for a swap.
  using Row = std::array<std::size_t, edit_length_max + 1>;
  std::array<Row, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j)
    rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i + 2) % 3];
    const Row& second_above = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = above[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      row[j] = std::min({replace, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], second_above[j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

Suggestion::Suggestion(std::string_view wanted)
    : wanted_(wanted), allowed_(std::max<std::size_t>(1, wanted.size() / 3)) {}

void Suggestion::consider(std::string_view candidate) {
  const auto [shorter, longer] = std::minmax({wanted_.size(), candidate.size()});
  if (longer - shorter > allowed_ || longer > edit_length_max) return;
  const std::size_t edits = edit_distance(wanted_, candidate);
  // One letter for another is not a slip when it is all there is.
  if (edits > allowed_ || edits >= longer || (found_ && edits == allowed_)) return;
  best_ = candidate;
  allowed_ = edits;
  found_ = true;
}

std::string Suggestion::text() const {
  return found_ ? "; did you mean \"" + std::string(best_) + "\"?" : std::string();
}

}  // namespace ballast
