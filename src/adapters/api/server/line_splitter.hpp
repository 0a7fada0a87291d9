// Cuts a body that arrives in pieces into its lines. Memory: the lines not yet taken, and the piece
// of one that has not ended.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ballast::api {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t line_max) : line_max_(line_max) {}

  /// False when a line is longer than the most: nothing more can be read then.
  bool add(std::string_view piece) {
    bytes_ += piece.size();
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      const std::string_view part = piece.substr(0, end);
      if (open_.size() + part.size() > line_max_) return false;
      open_ += part;
      if (end == piece.npos) return true;
      piece.remove_prefix(end + 1);
      close();
    }
    return true;
  }
  /// The body ends: so does its last line.
  void finish() { close(); }

  std::size_t ready() const { return lines_.size(); }
  /// Held here, lines that are ready and the open one.
  std::size_t bytes() const { return bytes_; }

  /// At most so many, in order.
  std::vector<std::string> take(std::size_t most) {
    const std::size_t count = std::min(most, lines_.size());
    const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<std::string> taken(std::make_move_iterator(lines_.begin()),
                                   std::make_move_iterator(end));
    lines_.erase(lines_.begin(), end);
    bytes_ = open_.size();
    for (const std::string& line : lines_)
      bytes_ += line.size();
    return taken;
  }

 private:
  void close() {
    if (open_.ends_with('\r')) open_.pop_back();
    if (open_.find_first_not_of(" \t") != open_.npos) lines_.push_back(std::move(open_));
    open_.clear();
  }

  const std::size_t line_max_;
  std::vector<std::string> lines_;
  std::string open_;
  std::size_t bytes_ = 0;
};

}  // namespace ballast::api
