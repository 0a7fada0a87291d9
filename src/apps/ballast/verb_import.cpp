#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/codec/codec.hpp"
#include "adapters/feed/importers.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

struct ImportArguments {
  std::string format;
  std::vector<std::string> files;
  std::vector<std::string> settings;
  Span span;
  std::string out;
  std::string instruments;
  bool list = false;
  bool stop = false;
};

/// Prints events as they come and notes on standard error; remembers a failed write.
class PrintingSink final : public ImportSink {
 public:
  PrintingSink(const Desk& desk, const Span& span, std::FILE* out)
      : writer_(desk), span_(span), out_(out) {}
  void event(const Event& event) override {
    if ((span_.from && event.t < *span_.from) || (span_.to && event.t >= *span_.to)) {
      ++left_out_;
      return;
    }
    writer_.write(event, buffer_);
    buffer_ += '\n';
    ++events_;
    if (buffer_.size() > (std::size_t{1} << 18)) flush();
  }
  void note(const ImportNote& note) override {
    if (note.kind == ImportNote::Kind::statistic) return complain(note.text);
    const std::string place = note.line > 0 ? fmt::format("{}:{}: ", file_, note.line) : "";
    complain(fmt::format("{}{}: {}", place, to_string(note.kind), note.text));
  }
  /// The file whose notes follow.
  void file(std::string_view name) { file_ = name; }
  bool flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), out_) != buffer_.size()) failed_ = true;
    buffer_.clear();
    return !failed_;
  }
  std::uint64_t events() const { return events_; }
  std::uint64_t left_out() const { return left_out_; }

 private:
  EventWriter writer_;
  Span span_;
  std::FILE* out_;
  std::string file_;
  std::string buffer_;
  std::uint64_t events_ = 0;
  std::uint64_t left_out_ = 0;
  bool failed_ = false;
};

/// The formats and their options, or those of one format; false when there is no such format.
bool list_formats(std::string_view only) {
  bool found = false;
  for (const ImporterKind& kind : importer_kinds()) {
    if (!only.empty() && kind.name != only) continue;
    found = true;
    fmt::print("{}\n    {}\n", kind.name, kind.about);
    for (const ImportOption& option : kind.options) {
      const std::string_view value =
          option.default_value.empty() ? std::string_view("...") : option.default_value;
      fmt::print("    --set {}={}{}\n        {}\n", option.name, value,
                 option.needed ? "  (needed)" : "", option.help);
    }
  }
  return found;
}

std::string format_names() {
  std::string names;
  for (const ImporterKind& kind : importer_kinds())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  return names;
}

/// Writes what the input said of its instruments; false where it could not.
bool write_instruments(const Importer& importer, const std::string& file) {
  const auto text = importer.configuration();
  if (!text) {
    complain(fmt::format("--instruments: {}", text.error().what));
    return false;
  }
  std::FILE* out = std::fopen(file.c_str(), "wb");
  const bool written =
      out != nullptr && std::fwrite(text->data(), 1, text->size(), out) == text->size();
  const bool closed = out != nullptr && std::fclose(out) == 0;
  if (!written || !closed) complain(fmt::format("{}: cannot be written", file));
  return written && closed;
}

/// How much there is to read; 0 when a part of it is not a file.
std::uint64_t bytes_in(const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error) return 0;
    total += size;
  }
  return total;
}

Exit run(const ImportArguments& arguments) {
  if (arguments.list && list_formats(arguments.format)) return Exit::fine;
  if (arguments.format.empty()) {
    complain(fmt::format("import needs a FORMAT, one of {}", format_names()));
    return Exit::usage;
  }
  ImportSettings settings;
  for (const std::string& setting : arguments.settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      complain(fmt::format("--set {} is not key=value", setting));
      return Exit::usage;
    }
    settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  DeskBuilder desk;
  auto importer = make_importer(arguments.format, std::move(settings), desk);
  if (!importer) {
    complain(importer.error().what);
    return Exit::usage;
  }
  if (arguments.files.empty()) {
    complain("import needs at least one FILE; - is standard input");
    return Exit::usage;
  }
  if (const auto says = (*importer)->configuration(); !says && !arguments.instruments.empty()) {
    complain(fmt::format("--instruments: {}", says.error().what));
    return Exit::usage;
  }
  const bool to_file = !arguments.out.empty() && arguments.out != "-";
  std::FILE* out = to_file ? std::fopen(arguments.out.c_str(), "wb") : stdout;
  if (out == nullptr) {
    complain(fmt::format("{}: cannot be written", arguments.out));
    return Exit::failed;
  }
  PrintingSink sink(desk.desk(), arguments.span, out);
  Progress progress("importing");
  ImportControl control;
  constexpr std::uint64_t listed_max = 100;
  std::uint64_t refused = 0;
  control.refused = [&](const Error& error) {
    if (++refused <= listed_max) complain(error.what);
    return !arguments.stop;
  };
  control.opened = [&](std::string_view file) { sink.file(file); };
  const std::uint64_t bytes_total = bytes_in(arguments.files);
  control.progress = [&](const ImportProgress& p) {
    progress.draw(sink.events(), p.bytes_read, bytes_total);
  };
  auto counts = read_files(arguments.files, **importer, sink, control);
  progress.finish();
  const bool written = sink.flush() && (to_file ? std::fclose(out) : std::fflush(out)) == 0;
  if (!written) {
    complain("the events could not be written");
    return Exit::failed;
  }
  if (!counts) return complain(counts.error());
  if (!arguments.instruments.empty() && !write_instruments(**importer, arguments.instruments)) {
    return Exit::failed;
  }
  complain(fmt::format(
      "{} lines read, {} events written{}, {} lines refused", counts->lines, sink.events(),
      sink.left_out() == 0 ? "" : fmt::format(", {} outside the span left out", sink.left_out()),
      counts->refused));
  return counts->refused > 0 ? Exit::input_refused : Exit::fine;
}

}  // namespace

std::function<Exit()> make_import(CLI::App& app) {
  auto arguments = std::make_shared<ImportArguments>();
  app.add_option("FORMAT", arguments->format, "one of " + format_names());
  app.add_option("FILE", arguments->files, "files to read, plain or gzip; - is standard input");
  // One value each time, or the files that follow would be taken for settings.
  app.add_option("-s,--set", arguments->settings,
                 "an option of the format; give it once for each option")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_time(app, "--from", arguments->span.from, "leave out events before this time (RFC 3339 UTC)");
  add_time(app, "--to", arguments->span.to, "leave out events at and after this time");
  app.add_option("--out", arguments->out, "write here instead of to standard output")
      ->type_name("FILE");
  app.add_option("--instruments", arguments->instruments,
                 "write the [[instruments]] tables of what the files name, for the configuration; "
                 "only of formats that say it, such as option-chain")
      ->type_name("FILE");
  app.add_flag("--list", arguments->list,
               "list the options of FORMAT, or of every format, and their defaults");
  app.add_flag("--stop", arguments->stop, "stop at the first line that is refused");
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
