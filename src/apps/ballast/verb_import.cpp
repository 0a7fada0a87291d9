#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/codec/codec.hpp"
#include "adapters/feed/importers.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

struct ImportArguments {
  std::string format;
  std::vector<std::string> files;
  std::vector<std::string> settings;
  std::string out;
  bool list = false;
  bool stop = false;
};

/// Prints events as they come and notes on standard error; remembers a failed write.
class PrintingSink final : public ImportSink {
 public:
  PrintingSink(const Desk& desk, std::FILE* out) : writer_(desk), out_(out) {}
  void event(const Event& event) override {
    writer_.write(event, buffer_);
    buffer_ += '\n';
    ++events_;
    if (buffer_.size() > (std::size_t{1} << 18)) flush();
  }
  void note(const ImportNote& note) override {
    const std::string place = note.line > 0 ? fmt::format(" line {}:", note.line) : "";
    complain(fmt::format("{}:{} {}", to_string(note.kind), place, note.text));
  }
  bool flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), out_) != buffer_.size()) failed_ = true;
    buffer_.clear();
    return !failed_;
  }
  std::uint64_t events() const { return events_; }

 private:
  EventWriter writer_;
  std::FILE* out_;
  std::string buffer_;
  std::uint64_t events_ = 0;
  bool failed_ = false;
};

void list_formats() {
  for (const ImporterKind& kind : importer_kinds()) {
    fmt::print("{}\n    {}\n", kind.name, kind.about);
    for (const ImportOption& option : kind.options) {
      fmt::print("    --set {}={}  {}\n", option.name,
                 option.default_value.empty() ? "..." : option.default_value, option.help);
    }
  }
}

Exit run(const ImportArguments& arguments) {
  if (arguments.list) {
    list_formats();
    return Exit::fine;
  }
  if (arguments.format.empty() || arguments.files.empty()) {
    complain(
        "import needs a FORMAT and at least one FILE (`ballast import --list` shows the formats)");
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
  const bool to_file = !arguments.out.empty() && arguments.out != "-";
  std::FILE* out = to_file ? std::fopen(arguments.out.c_str(), "wb") : stdout;
  if (out == nullptr) {
    complain(fmt::format("{}: cannot be written", arguments.out));
    return Exit::failed;
  }
  PrintingSink sink(desk.desk(), out);
  Progress progress("importing");
  ImportControl control;
  constexpr std::uint64_t listed_max = 100;
  std::uint64_t refused = 0;
  control.refused = [&](const Error& error) {
    if (++refused <= listed_max) complain(error.what);
    return !arguments.stop;
  };
  control.progress = [&](const ImportProgress& p) { progress.update(p.lines, 0, 0); };
  auto counts = read_files(arguments.files, **importer, sink, control);
  progress.finish();
  const bool written = sink.flush() && (to_file ? std::fclose(out) : std::fflush(out)) == 0;
  if (!written) {
    complain("the events could not be written");
    return Exit::failed;
  }
  if (!counts) return complain(counts.error());
  complain(fmt::format("{} lines read, {} events written, {} lines refused", counts->lines,
                       sink.events(), counts->refused));
  return counts->refused > 0 ? Exit::input_refused : Exit::fine;
}

}  // namespace

std::function<Exit()> make_import(CLI::App& app) {
  auto arguments = std::make_shared<ImportArguments>();
  app.add_option("FORMAT", arguments->format, "the format of the files");
  app.add_option("FILE", arguments->files, "files to read, plain or gzip; - is standard input");
  app.add_option("-s,--set", arguments->settings, "an option of the format, as key=value")
      ->type_name("KEY=VALUE")
      ->expected(1);
  app.add_option("--out", arguments->out, "write here instead of to standard output");
  app.add_flag("--list", arguments->list, "list the formats and their options");
  app.add_flag("--stop", arguments->stop, "stop at the first line that is refused");
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
