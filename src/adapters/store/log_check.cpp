#include "adapters/store/log_check.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "adapters/store/vfs_file.hpp"

namespace ballast {

namespace {

// https://www.sqlite.org/fileformat2.html, section 4: the WAL format.
constexpr std::size_t log_header_size = 32;
constexpr std::size_t frame_header_size = 24;
using Bytes = std::span<const std::uint8_t>;

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}
std::uint32_t little_endian(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at + 3]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 8 | bytes[at];
}

/// The log's running checksum, over 8 bytes at a time.
struct Checksum {
  bool big = false;  // which way the log's own header says its words are read
  std::uint32_t s0 = 0;
  std::uint32_t s1 = 0;
  void add(Bytes bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      s0 += (big ? big_endian(bytes, i) : little_endian(bytes, i)) + s1;
      s1 += (big ? big_endian(bytes, i + 4) : little_endian(bytes, i + 4)) + s0;
    }
  }
  bool matches(Bytes bytes, std::size_t at) const {
    return big_endian(bytes, at) == s0 && big_endian(bytes, at + 4) == s1;
  }
};

/// What is known of the frames while going through them.
class FrameWalk {
 public:
  FrameWalk(Bytes header, Checksum checksum) : checksum_(checksum) {
    salts_ = {big_endian(header, 16), big_endian(header, 20)};
  }

  /// True when this frame proves that the first bad one had been synced.
  bool add(Bytes frame) {
    const std::uint32_t page = big_endian(frame, 0);
    const bool commit = big_endian(frame, 4) != 0;
    // Frames of an older log that this one overwrites carry other salts: they prove nothing.
    const bool ours = big_endian(frame, 8) == salts_[0] && big_endian(frame, 12) == salts_[1];
    if (good_) {
      checksum_.add(frame.first(8));
      checksum_.add(frame.subspan(frame_header_size));
      good_ = ours && checksum_.matches(frame, 16);
      if (good_) return false;
    }
    if (!ours) return false;
    // Up to a sector's end SQLite may repeat the commit's last frame: the same page again.
    if (committed_page_ != 0 && committed_page_ != page) return true;
    if (commit) committed_page_ = page;
    return false;
  }
  bool good() const { return good_; }

 private:
  std::array<std::uint32_t, 2> salts_{};
  Checksum checksum_;
  bool good_ = true;
  std::uint32_t committed_page_ = 0;  // of a commit at or behind the first bad frame; 0: none yet
};

/// Of a file that may be missing: 0.
Result<std::uint64_t> size_of(const std::string& path, const std::string& vfs) {
  BALLAST_TRY(exists, sqlite::VfsFile::exists(path, vfs));
  if (!exists) return 0;
  BALLAST_TRY(file, sqlite::VfsFile::open(path, sqlite::FileUse::database_read, vfs));
  return file.size();
}

}  // namespace

Result<void> rewrite_log(const std::string& path, const std::string& vfs) {
  const std::string log = path + "-wal";
  BALLAST_TRY(exists, sqlite::VfsFile::exists(log, vfs));
  if (!exists) return {};
  BALLAST_TRY(file, sqlite::VfsFile::open(log, sqlite::FileUse::log_write, vfs));
  BALLAST_TRY(size, file.size());
  std::vector<std::uint8_t> piece(std::size_t{64} << 10U);
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    if (size - at < piece.size()) piece.resize(size - at);
    BALLAST_TRY(whole, file.read(at, piece));
    if (!whole) return fail(Errc::io, log + " shrinks while it is read");
    BALLAST_CHECK(file.write(at, piece));
  }
  return size == 0 ? Result<void>{} : file.sync();
}

Result<void> check_log(const std::string& path, const std::string& vfs) {
  const std::string log = path + "-wal";
  BALLAST_TRY(size, size_of(log, vfs));
  if (size <= log_header_size) return {};
  BALLAST_TRY(journal_size, size_of(path, vfs));
  if (journal_size == 0)  // SQLite would delete the log without a word
    return fail(
        Errc::corrupt,
        fmt::format("the file is missing or empty, but its write-ahead log {} holds {} bytes, "
                    "maybe acknowledged events. Put the file back, or move the log away",
                    log, size));
  BALLAST_TRY(file, sqlite::VfsFile::open(log, sqlite::FileUse::log_read, vfs));

  std::array<std::uint8_t, log_header_size> header{};
  BALLAST_CHECK(file.read(0, header));
  const std::uint32_t magic = big_endian(header, 0);
  const std::uint32_t page_size = big_endian(header, 8);
  Checksum checksum{(magic & 1U) != 0, 0, 0};
  checksum.add(Bytes(header).first(24));
  // A log whose header is torn was being restarted, and everything before had been moved to FILE.
  if ((magic & ~1U) != 0x377f0682U || !checksum.matches(header, 24)) return {};
  if (page_size < 512 || page_size > 65536) return {};

  FrameWalk walk(header, checksum);
  std::vector<std::uint8_t> frame(frame_header_size + page_size);
  std::uint64_t number = 0;
  std::uint64_t bad = 0;
  for (std::uint64_t at = log_header_size; at + frame.size() <= size; at += frame.size()) {
    BALLAST_CHECK(file.read(at, frame));
    ++number;
    const bool proven = walk.add(frame);
    if (bad == 0 && !walk.good()) bad = number;
    if (proven)
      return fail(
          Errc::corrupt,
          fmt::format("frame {} of the write-ahead log {} is damaged, and later commits stand "
                      "behind it, so acknowledged events would be cut off",
                      bad, log));
  }
  return {};
}

}  // namespace ballast
