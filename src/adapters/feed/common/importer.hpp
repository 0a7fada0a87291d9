// What an importer is: text lines of one outside format in, events and notes out.
//
// An importer parses and nothing else: it opens no file, reads no clock, and gives the same events
// for the same lines. read_files() below feeds it; whoever calls decides what to do with events
// (print them, send them to an engine). After a line that it refused, an importer is as it was
// before that line. Not thread-safe; one importer per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/desk_builder.hpp"
#include "model/event.hpp"

namespace ballast {

/// Something that the reader of the events should know, and that is not an event.
struct ImportNote {
  enum class Kind : std::uint8_t {
    gap,        // input is missing: what was built from it is unknown until said otherwise
    repeated,   // input that occurs more than once
    ignored,    // input that this importer has no use for
    statistic,  // figures about the whole input
  };
  Kind kind = Kind::statistic;
  std::size_t line = 0;  // counting from 1; 0: the whole input
  std::string text;
};
constexpr std::string_view to_string(ImportNote::Kind kind) {
  constexpr std::string_view names[] = {"gap", "repeated", "ignored", "statistic"};
  return names[static_cast<std::size_t>(kind)];
}

class ImportSink {
 public:
  ImportSink() = default;
  ImportSink(const ImportSink&) = delete;
  ImportSink& operator=(const ImportSink&) = delete;
  virtual ~ImportSink() = default;

  /// The event lives only for the call.
  virtual void event(const Event& event) = 0;
  virtual void note(const ImportNote& note) = 0;
};

class Importer {
 public:
  Importer() = default;
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;
  virtual ~Importer() = default;

  /// One line without its terminator. `number` counts from 1 within the file. The error says which
  /// column or field, what it held, and why that is refused; the file and line are the caller's to
  /// add.
  virtual Result<void> line(std::string_view text, std::size_t number, ImportSink& sink) = 0;
  /// Asked after a refused line: whether the rest of the file can mean nothing without it, as a CSV
  /// without its header.
  virtual bool lost() const { return false; }
  /// After the last line of each file: a new header may follow.
  virtual Result<void> end_of_file(ImportSink& /*sink*/) { return {}; }
  /// After the last file: emits what was held back, and statistics.
  virtual Result<void> finish(ImportSink& /*sink*/) { return {}; }
  /// The [[instruments]] tables of what the input named, where the format says what that is.
  /// Error: not_found.
  virtual Result<std::string> configuration() const {
    return fail(Errc::not_found, "files of this format do not say what their instruments are");
  }
};

/// key=value options as the user gave them.
using ImportSettings = std::map<std::string, std::string, std::less<>>;

/// One option of a format. A name that ends in `*` stands for every key that begins so, and has no
/// default. An empty default says: worked out from the input, as `help` tells.
struct ImportOption {
  std::string_view name;
  std::string_view default_value;
  std::string_view help;
  bool needed = false;  // the input does not say it, and no default would be right
};

/// One format: a row of the table in importers.hpp.
struct ImporterKind {
  std::string_view name;
  std::string_view about;  // one line
  std::span<const ImportOption> options;
  /// `settings` holds every option that has no `*`, and keys of those that have. `desk` must
  /// outlive the importer and takes the names that appear.
  Result<std::unique_ptr<Importer>> (*make)(const ImportSettings& settings, DeskBuilder& desk);
};

}  // namespace ballast
