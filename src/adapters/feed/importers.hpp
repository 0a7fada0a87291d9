// Every format that `ballast import` reads. To add one: a folder here with an Importer and its
// options, a row in importers.cpp, a fuzz target, a section in docs/importers.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/feed/common/importer.hpp"

namespace ballast {

std::span<const ImporterKind> importer_kinds();

/// The importer of a format, its settings checked (a setting that the format does not have is an
/// error) and completed with the defaults. `desk` must outlive it.
Result<std::unique_ptr<Importer>> make_importer(std::string_view format,
                                                ImportSettings settings,
                                                DeskBuilder& desk);

/// What read_files() has read so far.
struct ImportProgress {
  std::string_view file;
  std::size_t line = 0;          // in this file
  std::uint64_t lines = 0;       // in all files
  std::uint64_t bytes_read = 0;  // of the files as stored, to show how far it is
};

struct ImportControl {
  /// Before the first line of each file; may be empty.
  std::function<void(std::string_view file)> opened;
  /// A refused line; `what` opens with file and line. Returns whether to go on with the next line.
  std::function<bool(const Error& error)> refused;
  /// Called every few thousand lines; may be empty.
  std::function<void(const ImportProgress&)> progress;
};

struct ImportCounts {
  std::uint64_t lines = 0;
  std::uint64_t refused = 0;
};

/// Reads files in turn ("-" is standard input; gzip is recognised by its content) into the importer
/// and finishes it. Fails when a file cannot be read, when finish() fails, or on the first refused
/// line after which `control.refused` (empty: always) says to stop. A file whose header, or whose
/// first 10 lines, cannot be read fails: it is of another format.
Result<ImportCounts> read_files(std::span<const std::string> paths,
                                Importer& importer,
                                ImportSink& sink,
                                const ImportControl& control = {});

}  // namespace ballast
