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
#include "adapters/feed/option_chain/option_chain_events.hpp"
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
    if (option.needed && settings.find(option.name) == settings.end()) {
      return fail(Errc::bad_input,
                  fmt::format("{0} needs --set {1}=...: {2}", kind.name, option.name, option.help));
    }
    if (!option.name.ends_with('*'))
      settings.try_emplace(std::string(option.name), option.default_value);
  }
  return {};
}

/// Reads one file into the importer. Errors and refusals come out with the file (and line) in
/// front.
class FileRun {
 public:
  FileRun(const std::string& path,
          ImportProgress& progress,
          ImportCounts& counts,
          const ImportControl& control)
      : name_(path == "-" ? "standard input" : path),
        progress_(progress),
        counts_(counts),
        control_(control) {}

  Result<void> run(const std::string& path, Importer& importer, ImportSink& sink) {
    auto opened = LineReader::open(path);
    if (!opened) return fail(opened.error().code, opened.error().what);  // names the file itself
    LineReader& reader = *opened;
    const std::uint64_t bytes_before = progress_.bytes_read;
    progress_.file = name_;
    progress_.line = 0;
    if (control_.opened) control_.opened(name_);
    std::string_view text;
    bool accepted = false;
    for (;;) {
      const auto more = reader.next(text);
      if (!more) {
        const auto& [code, what] = more.error();
        return fail(code, progress_.line == 0 ? fmt::format("{}: {}", name_, what)
                                              : at_line(progress_.line + 1, what));
      }
      if (!*more) break;
      ++progress_.line;
      ++progress_.lines;
      ++counts_.lines;
      if (const auto taken = importer.line(text, progress_.line, sink); taken) {
        accepted = true;
      } else {
        BALLAST_CHECK(refuse(importer, taken.error(), accepted));
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
  /// Counts and tells of a refused line; the error says that there is no going on.
  Result<void> refuse(const Importer& importer, const Error& why, bool accepted) {
    Error error{why.code, at_line(progress_.line, why.what)};
    ++refused_;
    ++counts_.refused;
    if (importer.lost()) return tl::unexpected(std::move(error));
    if (!control_.refused || !control_.refused(error)) return tl::unexpected(std::move(error));
    if (!accepted && refused_ == refused_at_first_max) {
      return fail(Errc::bad_input,
                  fmt::format("{}: none of the first {} lines could be read: is this the format?",
                              name_, refused_));
    }
    return {};
  }

  std::string at_line(std::size_t line, std::string_view what) const {
    return fmt::format("{}:{}: {}", name_, line, what);
  }

  // A file of another format is noticed before a screen is full of its lines.
  static constexpr std::uint64_t refused_at_first_max = 10;

  std::string name_;
  ImportProgress& progress_;
  ImportCounts& counts_;
  std::uint64_t refused_ = 0;  // lines of this file
  const ImportControl& control_;
};

}  // namespace

std::span<const ImporterKind> importer_kinds() {
  static const std::array kinds{
      binance_stream_kind, binance_kline_kind, own_fills_kind,     gemini_top_kind,
      gemini_trade_kind,   tardis_trades_kind, tardis_quotes_kind, tardis_book_snapshot_kind,
      funding_csv_kind,    option_chain_kind,  mapped_csv_kind,
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
    BALLAST_CHECK(FileRun(path, progress, counts, control).run(path, importer, sink));
  }
  BALLAST_CHECK(importer.finish(sink));
  return counts;
}

}  // namespace ballast
