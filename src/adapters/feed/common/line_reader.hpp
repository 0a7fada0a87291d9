// Lines of a plain or gzip-compressed file, or of standard input. The only I/O of the importers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

class LineReader {
 public:
  /// "-" is standard input. Gzip is recognised by its content, not its name.
  static Result<LineReader> open(const std::string& path);
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  /// The next line without its "\n" or "\r\n", valid until the next call; false at the end. An
  /// error for damaged or cut compression, for a failing read, and for a line beyond
  /// line_bytes_max.
  Result<bool> next(std::string_view& line);
  /// Of the file as stored, so that compressed files can show progress.
  std::uint64_t bytes_read() const;

  static constexpr std::size_t line_bytes_max = std::size_t{1} << 30;

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ballast
