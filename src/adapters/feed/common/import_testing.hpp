// For tests (which include gtest): an importer run over text with its events and notes kept, and
// where the recordings are.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/importers.hpp"

namespace ballast {

struct KeptSink final : ImportSink {
  void event(const Event& event) override { events.push_back(event); }
  void note(const ImportNote& note) override { notes.push_back(note); }
  std::vector<Event> events;
  std::vector<ImportNote> notes;
};

/// Everything that importing some text gave.
struct Imported {
  DeskBuilder desk;
  KeptSink sink;
  std::string error;  // of the first refused line or of the end; empty when all went well

  const Event& event(std::size_t i) const { return sink.events.at(i); }
  template <class Body>
  const Body& body(std::size_t i) const {
    return std::get<Body>(event(i).body);
  }
};

/// Imports the lines of `text` as one file.
inline void import_text(std::string_view format,
                        ImportSettings settings,
                        std::string_view text,
                        Imported& out) {
  auto importer = make_importer(format, std::move(settings), out.desk);
  if (!importer) {
    out.error = importer.error().what;
    return;
  }
  const auto keep = [&](std::size_t line, const Result<void>& result) {
    if (result) return true;
    out.error = (line > 0 ? std::to_string(line) + ": " : std::string()) + result.error().what;
    return false;
  };
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ++number;
    if (!keep(number, (*importer)->line(text.substr(0, end), number, out.sink))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!keep(0, (*importer)->end_of_file(out.sink))) return;
  keep(0, (*importer)->finish(out.sink));
}

/// Two texts in one (g++ 12 warns falsely of `std::string(view) + literal` where both are known).
inline std::string joined(std::string_view head, std::string_view rest) {
  std::string text;
  text.reserve(head.size() + rest.size());
  for (const std::string_view part : {head, rest})
    text.append(part);
  return text;
}

template <class T>
T exact(std::string_view text) {
  return *parse_decimal<T>(text);
}
inline Timestamp at(std::string_view text) { return *parse_timestamp(text); }

/// A file of the recordings: below $BALLAST_DATA, or beside the sources in ../shared/data.
inline std::filesystem::path recording(std::string_view file) {
  const char* folder = std::getenv("BALLAST_DATA");
  const auto root = folder != nullptr
                        ? std::filesystem::path(folder)
                        : std::filesystem::path(BALLAST_SOURCE_DIR) / ".." / "shared" / "data";
  return root / file;
}

}  // namespace ballast

#define BALLAST_NEEDS_RECORDING(path) \
  if (!std::filesystem::exists(path)) \
  GTEST_SKIP() << "the recordings are not here (set BALLAST_DATA): " << (path)
