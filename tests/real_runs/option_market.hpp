// Recorded option chains the way a desk gets them, for the tests of this folder: imported, written
// as JSON lines, read again under the configuration that the importer wrote, and cut into
// snapshots.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/vol_surface.hpp"

namespace ballast::option_run {

/// What one run of `ballast import` is given.
struct ImportRun {
  std::string format;
  std::map<std::string, std::string, std::less<>> settings;
  std::vector<std::string> files;
};

struct TopPrices {
  std::optional<double> bid, ask;  // coins
  double mark = 0.0;               // coins; 0: none
};

/// What was said at one time.
struct OptionMoment {
  Timestamp t;
  std::vector<Event> events;
  std::optional<double> index;               // of the coin
  std::map<InstrumentId, double> prices;     // of what is no option
  std::map<InstrumentId, TopPrices> quotes;  // of options
};

struct OptionRecording {
  Desk desk;
  std::vector<OptionMoment> moments;  // by time
};

/// The files of a folder whose names begin so, in the order of their names.
std::vector<std::string> files_of(std::string_view folder, std::string_view prefix);

/// An import whose events are only counted. `notes` are the lines that it says at the end.
struct ImportTotals {
  std::size_t lines = 0;
  std::size_t refused = 0;
  std::size_t events = 0;
  std::size_t instruments = 0;  // configured
  std::vector<std::string> notes;
};
Result<ImportTotals> count_import(const ImportRun& run);

/// Runs the imports and merges them by time, from one time to before another. The desk is `head`
/// with the instruments that the importers say.
Result<OptionRecording> import_recording(std::string_view head,
                                         const std::vector<ImportRun>& runs,
                                         Timestamp from,
                                         Timestamp to);

/// The options of a desk, on a venue alone where one is named.
std::vector<OptionTerms> option_terms(const Desk& desk, std::string_view venue = {});

/// Takes the moment's surfaces and the marks of the futures: what an engine makes of them. The
/// future of an expiry is the first of `venue`, or of any.
void apply_moment(const OptionMoment& moment,
                  const Desk& desk,
                  std::string_view venue,
                  VolSurface& surface,
                  OptionBook& book);

}  // namespace ballast::option_run
