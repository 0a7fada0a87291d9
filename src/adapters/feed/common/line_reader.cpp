#include "adapters/feed/common/line_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

namespace ballast {

struct LineReader::State {
  gzFile file = nullptr;
  std::vector<char> buffer = std::vector<char>(std::size_t{1} << 18);
  std::size_t begin = 0;    // of what was not handed out yet
  std::size_t scanned = 0;  // no line ends before this
  std::size_t end = 0;
  bool at_end = false;
  bool first = true;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file != nullptr) gzclose_r(file);
  }
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<LineReader> LineReader::open(const std::string& path) {
  auto state = std::make_unique<State>();
  errno = 0;
  state->file = path == "-" ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path.c_str(), "rb");
  if (state->file == nullptr) {
    return fail(Errc::io, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  }
  gzbuffer(state->file, 1U << 18U);
  return LineReader(std::move(state));
}

Result<bool> LineReader::next(std::string_view& line) {
  State& s = *state_;
  const char* newline = nullptr;
  for (;;) {
    const auto* found = std::memchr(s.buffer.data() + s.scanned, '\n', s.end - s.scanned);
    newline = static_cast<const char*>(found);
    if (newline != nullptr || s.at_end) break;
    s.scanned = s.end;
    if (s.begin > 0 && s.end == s.buffer.size()) {
      std::copy(s.buffer.begin() + static_cast<std::ptrdiff_t>(s.begin), s.buffer.end(),
                s.buffer.begin());
      s.end -= s.begin;
      s.scanned -= s.begin;
      s.begin = 0;
    } else if (s.end == s.buffer.size()) {
      if (s.buffer.size() >= line_bytes_max) {
        return fail(Errc::bad_input,
                    fmt::format("the line is longer than {} bytes", line_bytes_max));
      }
      s.buffer.resize(s.buffer.size() * 2);
    }
    const int got =
        gzread(s.file, s.buffer.data() + s.end, static_cast<unsigned>(s.buffer.size() - s.end));
    int code = Z_OK;
    const char* what = gzerror(s.file, &code);
    // Z_BUF_ERROR is how zlib says that compressed data ended in the middle.
    if (got < 0 || (got == 0 && code == Z_BUF_ERROR)) {
      return fail(Errc::io, code == Z_ERRNO
                                ? std::string(std::strerror(errno))
                                : fmt::format("the compressed data is damaged or cut: {}", what));
    }
    s.at_end = got == 0;
    s.end += static_cast<std::size_t>(got);
  }
  if (newline == nullptr && s.begin == s.end) return false;
  const char* const from = s.buffer.data() + s.begin;
  const char* const to = newline != nullptr ? newline : s.buffer.data() + s.end;
  line = std::string_view(from, static_cast<std::size_t>(to - from));
  s.begin = s.scanned =
      static_cast<std::size_t>(to - s.buffer.data()) + (newline != nullptr ? 1 : 0);
  if (line.ends_with('\r')) line.remove_suffix(1);
  // A byte order mark says nothing that UTF-8 needs.
  if (s.first && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  s.first = false;
  return true;
}

std::uint64_t LineReader::bytes_read() const {
  return static_cast<std::uint64_t>(std::max<z_off_t>(0, gzoffset(state_->file)));
}

}  // namespace ballast
