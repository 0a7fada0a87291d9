#include "adapters/feed/importers.hpp"

#include <array>

#include <fmt/format.h>

#include "adapters/feed/binance_kline/binance_kline.hpp"
#include "adapters/feed/binance_stream/binance_stream.hpp"
#include "adapters/feed/common/line_reader.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/csv/mapped_csv.hpp"
#include "adapters/feed/funding_csv/funding_csv.hpp"
#include "adapters/feed/gemini/gemini.hpp"
#include "adapters/feed/own_fills/own_fills.hpp"
#include "adapters/feed/tardis/tardis.hpp"
#include "base/suggest.hpp"

namespace ballast {
namespace {

bool stands_for(const ImportOption& option, std::string_view key) {
  if (!option.name.ends_with('*')) return option.name == key;
  return key.starts_with(option.name.substr(0, option.name.size() - 1));
}

Result<void> complete(const ImporterKind& kind, ImportSettings& settings) {
  for (const auto& [key, value] : settings) {
    bool known = false;
    Suggestion near(key);
    std::string names;
    for (const ImportOption& option : kind.options) {
      known = known || stands_for(option, key);
      near.consider(option.name);
      names += fmt::format("{}{}", names.empty() ? "" : ", ", option.name);
    }
    if (!known) {
      return fail(Errc::bad_input, fmt::format("{} has no setting {}{}; it has: {}", kind.name,
                                               shown(key), near.text(), names));
    }
  }
  for (const ImportOption& option : kind.options) {
    if (!option.name.ends_with('*'))
      settings.try_emplace(std::string(option.name), option.default_value);
  }
  return {};
}

/// Reads one file into the importer. Errors and refusals come out with the file (and line) in
/// front.
class FileRun {
 public:
  FileRun(const std::string& path, ImportProgress& progress, const ImportControl& control)
      : name_(path == "-" ? "standard input" : path), progress_(progress), control_(control) {}

  Result<void> run(const std::string& path,
                   Importer& importer,
                   ImportSink& sink,
                   ImportCounts& counts) {
    auto opened = LineReader::open(path);
    if (!opened) return fail(opened.error().code, opened.error().what);  // names the file itself
    LineReader& reader = *opened;
    const std::uint64_t bytes_before = progress_.bytes_read;
    progress_.file = name_;
    progress_.line = 0;
    std::string_view text;
    for (;;) {
      const auto more = reader.next(text);
      if (!more) return fail(more.error().code, at_line(progress_.line + 1, more.error().what));
      if (!*more) break;
      ++progress_.line;
      ++progress_.lines;
      ++counts.lines;
      if (const auto taken = importer.line(text, progress_.line, sink); !taken) {
        Error error{taken.error().code, at_line(progress_.line, taken.error().what)};
        ++counts.refused;
        if (!control_.refused || !control_.refused(error)) return tl::unexpected(std::move(error));
      }
      constexpr std::uint64_t report_every = 8192;
      if (control_.progress && progress_.lines % report_every == 0) {
        progress_.bytes_read = bytes_before + reader.bytes_read();
        control_.progress(progress_);
      }
    }
    progress_.bytes_read = bytes_before + reader.bytes_read();
    if (auto ended = importer.end_of_file(sink); !ended) {
      return fail(ended.error().code, fmt::format("{}: {}", name_, ended.error().what));
    }
    return {};
  }

 private:
  std::string at_line(std::size_t line, std::string_view what) const {
    return fmt::format("{}:{}: {}", name_, line, what);
  }

  std::string name_;
  ImportProgress& progress_;
  const ImportControl& control_;
};

}  // namespace

std::span<const ImporterKind> importer_kinds() {
  static const std::array kinds{
      binance_stream_kind, binance_kline_kind, own_fills_kind,     gemini_top_kind,
      gemini_trade_kind,   tardis_trades_kind, tardis_quotes_kind, tardis_book_snapshot_kind,
      funding_csv_kind,    mapped_csv_kind,
  };
  return kinds;
}

Result<std::unique_ptr<Importer>> make_importer(std::string_view format,
                                                ImportSettings settings,
                                                DeskBuilder& desk) {
  Suggestion near(format);
  std::string names;
  for (const ImporterKind& kind : importer_kinds()) {
    if (kind.name == format) {
      BALLAST_CHECK(complete(kind, settings));
      return kind.make(settings, desk);
    }
    near.consider(kind.name);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  }
  return fail(Errc::not_found, fmt::format("there is no format {}{}; there are: {}", shown(format),
                                           near.text(), names));
}

Result<ImportCounts> read_files(std::span<const std::string> paths,
                                Importer& importer,
                                ImportSink& sink,
                                const ImportControl& control) {
  ImportCounts counts;
  ImportProgress progress;
  for (const std::string& path : paths) {
    BALLAST_CHECK(FileRun(path, progress, control).run(path, importer, sink, counts));
  }
  BALLAST_CHECK(importer.finish(sink));
  return counts;
}

}  // namespace ballast
