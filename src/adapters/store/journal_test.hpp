// What the tests of the journal share: a journal file in a folder of its own, and any SQLite tool.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/store/journal.hpp"
#include "adapters/store/sqlite.hpp"
#include "adapters/store/verify.hpp"
#include "base/contract.hpp"

namespace ballast {

/// A bug in a test, told with its reason.
template <class T>
T expected(Result<T> result) {
  if (!result) std::fputs((result.error().what + "\n").c_str(), stderr);
  BALLAST_ASSERT(result);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A state of bytes alone, or with blocks.
inline StateImage image(std::string bytes, const std::vector<std::string>& blocks = {}) {
  StateImage made{std::move(bytes), {}};
  for (const std::string& block : blocks)
    made.blocks.emplace_back(block);
  return made;
}

/// An empty folder that goes with the test. Test fixtures derive from it.
class JournalFolder {
 protected:
  JournalFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "desk.db").string();
  }
  ~JournalFolder() { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SqliteJournal> open(JournalOptions options = {.desk = "demo"}) const {
    return expected(SqliteJournal::open(path_, std::move(options)));
  }
  static std::string body(std::uint64_t seq) { return "{\"n\":" + std::to_string(seq) + "}"; }
  static void append(Journal& journal, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t seq = journal.last_seq() + 1;
      expected(journal.append({static_cast<std::int64_t>(seq * 10)}, body(seq)));
      BALLAST_ASSERT(journal.last_seq() == seq);
    }
  }
  void write(std::uint64_t count) const {
    const auto journal = open();
    append(*journal, count);
    expected(journal->commit());
    expected(journal->close());
  }
  /// With any SQLite tool.
  void sql(const char* statements) const {
    auto database = expected(sqlite::Database::open(path_, sqlite::Access::read_write, ""));
    expected(database.exec(statements));
  }
  std::string ask(std::string_view query) const {
    auto database = sqlite::Database::open(path_, sqlite::Access::read_only, "");
    if (!database) return database.error().what;
    auto text = database->text_of(query);
    return text ? *text : text.error().what;
  }
  Error open_error(JournalOptions options = {.desk = "demo"}) const {
    auto journal = SqliteJournal::open(path_, std::move(options));
    return journal ? Error{Errc::io, "it opened"} : journal.error();
  }
  std::string first_damage() const {
    const auto report = verify_journal(path_);
    if (!report) return report.error().what;
    return report->damage.empty() ? "" : report->damage.front().what;
  }

  std::filesystem::path folder_;
  std::string path_;
};

inline std::vector<std::string> replayed(Journal& journal, std::uint64_t from) {
  std::vector<std::string> bodies;
  expected(journal.replay(from, [&bodies](const JournalEvent& event) -> Result<void> {
    bodies.emplace_back(event.body);
    return {};
  }));
  return bodies;
}

}  // namespace ballast
