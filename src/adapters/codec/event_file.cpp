#include "adapters/codec/event_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include "adapters/codec/codec.hpp"

namespace ballast {
namespace {

constexpr std::size_t chunk_size = std::size_t{1} << 18;
constexpr std::size_t line_max = std::size_t{1} << 24;  // a longer line is no event

struct CloseGz {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzHandle = std::unique_ptr<gzFile_s, CloseGz>;

class EventFile final : public EventSource {
 public:
  EventFile(
      std::string name, GzHandle file, std::uint64_t total, const Desk& desk, Refusals refusals)
      : name_(std::move(name)),
        file_(std::move(file)),
        total_(total),
        reader_(desk),
        refusals_(std::move(refusals)) {}

  Result<bool> next(Event& out) override {
    for (;;) {
      BALLAST_TRY(line, next_line());
      if (!line) return false;
      ++line_number_;
      if (EventReader::skippable(*line)) continue;
      auto read = reader_.read(*line, out);
      if (read) return true;
      refusals_(where(), read.error());
    }
  }

  std::string where() const override { return fmt::format("{}:{}", name_, line_number_); }
  std::uint64_t bytes_read() const override {
    const auto offset = gzoffset(file_.get());
    return offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
  }
  std::uint64_t bytes_total() const override { return total_; }

 private:
  /// The next line without its end, valid until the next call; nothing at the end of the file.
  Result<std::optional<std::string_view>> next_line() {
    for (;;) {
      const std::size_t found = buffer_.find('\n', scanned_);
      if (found != std::string::npos) {
        const std::string_view line(buffer_.data() + begin_, found - begin_);
        begin_ = scanned_ = found + 1;
        return line;
      }
      scanned_ = buffer_.size();
      if (scanned_ - begin_ > line_max) {
        return fail(Errc::bad_input, fmt::format("{}:{}: a line of more than {} bytes; this is not "
                                                 "a file of JSON lines",
                                                 name_, line_number_ + 1, line_max));
      }
      if (ended_) {
        if (begin_ == buffer_.size()) return std::nullopt;
        const std::string_view line(buffer_.data() + begin_, buffer_.size() - begin_);
        begin_ = scanned_ = buffer_.size();
        return line;
      }
      BALLAST_CHECK(fill());
    }
  }

  Result<void> fill() {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    const std::size_t old = buffer_.size();
    buffer_.resize(old + chunk_size);
    const int got = gzread(file_.get(), buffer_.data() + old, static_cast<unsigned>(chunk_size));
    buffer_.resize(old + static_cast<std::size_t>(got > 0 ? got : 0));
    int code = Z_OK;
    const char* text = gzerror(file_.get(), &code);
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
      return fail(Errc::io, fmt::format("{}: cannot be read after line {}: {}", name_, line_number_,
                                        code == Z_ERRNO ? std::strerror(errno) : text));
    }
    ended_ = got == 0;
    return {};
  }

  std::string name_;
  GzHandle file_;
  std::uint64_t total_;
  EventReader reader_;
  Refusals refusals_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the next line
  std::size_t scanned_ = 0;  // no line end before
  std::size_t line_number_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<EventSource>> open_event_file(const std::string& path,
                                                     const Desk& desk,
                                                     Refusals refusals) {
  const bool standard_input = path == "-";
  std::error_code error;
  if (!standard_input && std::filesystem::is_directory(path, error)) {
    return fail(Errc::io, fmt::format("{}: is a folder; name a file of events", path));
  }
  GzHandle file(standard_input ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path.c_str(), "rb"));
  if (!file) {
    return fail(Errc::io, fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  }
  gzbuffer(file.get(), static_cast<unsigned>(chunk_size));
  std::uint64_t total = 0;
  if (!standard_input) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error) total = size;
  }
  return std::make_unique<EventFile>(standard_input ? "standard input" : path, std::move(file),
                                     total, desk, std::move(refusals));
}

}  // namespace ballast
