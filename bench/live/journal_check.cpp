#include "live/journal_check.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "live/basics.hpp"
#include "live/http.hpp"
#include "live/lines.hpp"
#include "live/process.hpp"

namespace ballast::live_bench {
namespace {

constexpr std::size_t export_bytes = 1024 * 1024;
constexpr double end_within_seconds = 60.0;

/// Ticks off what it reads.
class Inventory {
 public:
  Inventory(const std::vector<std::uint64_t>& fills_by_session, JournalContent& content)
      : content_(content) {
    for (const std::uint64_t count : fills_by_session)
      seen_.emplace_back(count, false);
  }

  void take(std::string_view line) {
    ++content_.events;
    // As the writer has it: the type comes right behind the time, and its quotes are its own.
    const std::string_view beginning = line.substr(0, 96);
    if (beginning.find(R"("type":"mark")") != line.npos) ++content_.marks;
    if (beginning.find(R"("type":"fill")") == line.npos) return;
    ++content_.fills;
    const auto text = json_value(line, "id");
    std::uint64_t id = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), id);
    const std::size_t session = id / ids_a_session - 1;
    if (id < ids_a_session || session >= seen_.size()) return;
    const std::uint64_t place = id - first_id(session);
    if (place < seen_[session].size()) seen_[session][place] = true;
  }

  void finish() {
    for (std::size_t session = 0; session < seen_.size(); ++session) {
      const std::vector<bool>& seen = seen_[session];
      const auto first = std::find(seen.begin(), seen.end(), false);
      if (first == seen.end()) continue;
      if (content_.missing == 0)
        content_.first_missing =
            fmt::format("{}", first_id(session) + static_cast<std::uint64_t>(first - seen.begin()));
      content_.missing += static_cast<std::uint64_t>(std::count(first, seen.end(), false));
    }
  }

 private:
  JournalContent& content_;
  std::vector<std::vector<bool>> seen_;
};

void export_into(Inventory& inventory,
                 const std::string& program,
                 const std::filesystem::path& folder) {
  Pipe pipe = make_pipe();
  Process process({program, "journal", "export", "desk.db"}, folder.string(),
                  {.out = pipe.write.get()});
  pipe.write.close();
  std::vector<char> buffer(export_bytes);
  std::size_t held = 0;  // the beginning of a line whose end is still to come
  for (;;) {
    if (held == buffer.size()) buffer.resize(2 * buffer.size());
    const ssize_t count = ::read(pipe.read.get(), buffer.data() + held, buffer.size() - held);
    if (count <= 0) break;
    const std::string_view text(buffer.data(), held + static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != text.npos; begin = end + 1)
      inventory.take(text.substr(begin, end - begin));
    held = text.size() - begin;
    std::memmove(buffer.data(), buffer.data() + begin, held);
  }
  if (process.wait(end_within_seconds) != 0) throw Failure("the journal cannot be read to its end");
  inventory.finish();
}

}  // namespace

JournalContent check_journal(const std::string& program,
                             const std::filesystem::path& folder,
                             const std::vector<std::uint64_t>& fills_by_session) {
  JournalContent content;
  const std::int64_t begin = steady_ns();
  std::error_code ignored;
  content.bytes = std::filesystem::file_size(folder / "desk.db", ignored);
  Inventory inventory(fills_by_session, content);
  export_into(inventory, program, folder);
  output_of({program, "journal", "verify", "desk.db"}, folder.string());
  content.seconds = to_seconds(steady_ns() - begin);
  return content;
}

}  // namespace ballast::live_bench
