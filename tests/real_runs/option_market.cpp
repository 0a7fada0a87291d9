#include "real_runs/option_market.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <variant>

#include "adapters/codec/codec.hpp"
#include "adapters/config/config.hpp"
#include "adapters/feed/common/import_testing.hpp"
#include "adapters/feed/importers.hpp"

namespace ballast::option_run {
namespace {

/// Writes what is in a span as JSON lines.
class LineSink final : public ImportSink {
 public:
  LineSink(const Desk& desk, Timestamp from, Timestamp to) : writer_(desk), from_(from), to_(to) {}
  void event(const Event& event) override {
    if (event.t < from_ || event.t >= to_) return;
    lines_.emplace_back(event.t, std::string());
    writer_.write(event, lines_.back().second);
  }
  void note(const ImportNote& /*note*/) override {}

  std::vector<std::pair<Timestamp, std::string>>& lines() { return lines_; }

 private:
  std::vector<std::pair<Timestamp, std::string>> lines_;
  EventWriter writer_;
  Timestamp from_;
  Timestamp to_;
};

class CountingSink final : public ImportSink {
 public:
  explicit CountingSink(ImportTotals& totals) : totals_(totals) {}
  void event(const Event& /*event*/) override { ++totals_.events; }
  void note(const ImportNote& note) override { totals_.notes.push_back(note.text); }

 private:
  ImportTotals& totals_;
};

/// Adds to a moment what an event says of prices.
void note_prices(const Desk& desk, const Event& event, OptionMoment& moment) {
  if (const auto* mark = std::get_if<Mark>(&event.body)) {
    const double price = to_double(mark->price);
    if (!mark->instrument.valid()) {
      moment.index = price;
    } else if (desk.instrument(mark->instrument).option()) {
      moment.quotes[mark->instrument].mark = price;
    } else {
      moment.prices[mark->instrument] = price;
    }
  } else if (const auto* top = std::get_if<Top>(&event.body)) {
    TopPrices& quote = moment.quotes[top->instrument];
    if (!top->bid_qty.zero()) quote.bid = to_double(top->bid);
    if (!top->ask_qty.zero()) quote.ask = to_double(top->ask);
  }
}

}  // namespace

std::vector<std::string> files_of(std::string_view folder, std::string_view prefix) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(recording(folder))) {
    if (entry.path().filename().string().starts_with(prefix))
      files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<ImportTotals> count_import(const ImportRun& run) {
  DeskBuilder names;
  ImportTotals totals;
  CountingSink sink(totals);
  BALLAST_TRY(importer,
              make_importer(run.format, {run.settings.begin(), run.settings.end()}, names));
  ImportControl control;
  control.refused = [](const Error&) { return true; };
  BALLAST_TRY(counts, read_files(run.files, *importer, sink, control));
  totals.lines = counts.lines;
  totals.refused = counts.refused;
  BALLAST_TRY(configuration, importer->configuration());
  constexpr std::string_view table = "[[instruments]]";
  for (std::size_t at = configuration.find(table); at != std::string::npos;
       at = configuration.find(table, at + table.size())) {
    ++totals.instruments;
  }
  return totals;
}

Result<OptionRecording> import_recording(std::string_view head,
                                         const std::vector<ImportRun>& runs,
                                         Timestamp from,
                                         Timestamp to) {
  std::string configuration(head);
  std::vector<std::pair<Timestamp, std::string>> lines;
  for (const ImportRun& run : runs) {
    DeskBuilder names;
    LineSink sink(names.desk(), from, to);
    BALLAST_TRY(importer,
                make_importer(run.format, {run.settings.begin(), run.settings.end()}, names));
    BALLAST_TRY(counts, read_files(run.files, *importer, sink));
    static_cast<void>(counts);
    if (const auto said = importer->configuration()) configuration += *said;
    lines.insert(lines.end(), std::make_move_iterator(sink.lines().begin()),
                 std::make_move_iterator(sink.lines().end()));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  OptionRecording made;
  BALLAST_TRY(desk, load_desk(configuration, "desk.toml"));
  made.desk = std::move(desk);
  EventReader reader(made.desk);
  for (const auto& [t, line] : lines) {
    Event event;
    BALLAST_CHECK(reader.read(line, event));
    if (made.moments.empty() || made.moments.back().t != t) {
      made.moments.emplace_back();
      made.moments.back().t = t;
    }
    note_prices(made.desk, event, made.moments.back());
    made.moments.back().events.push_back(std::move(event));
  }
  return made;
}

std::vector<OptionTerms> option_terms(const Desk& desk, std::string_view venue) {
  std::vector<OptionTerms> terms;
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& one = desk.instruments[i];
    if (!one.option()) continue;
    if (!venue.empty() && desk.venues[one.venue.index()].name != venue) continue;
    terms.push_back({InstrumentId{i}, *one.right, PaidIn::coin, to_double(*one.strike), *one.expiry,
                     to_double(one.contract_size)});
  }
  return terms;
}

void apply_moment(const OptionMoment& moment,
                  const Desk& desk,
                  std::string_view venue,
                  VolSurface& surface,
                  OptionBook& book) {
  std::map<Timestamp, double> forwards;
  for (const auto& [id, price] : moment.prices) {
    const Instrument& one = desk.instrument(id);
    if (one.kind != InstrumentKind::inverse_future) continue;
    if (!venue.empty() && desk.venues[one.venue.index()].name != venue) continue;
    forwards.emplace(*one.expiry, price);
  }
  for (const Event& event : moment.events) {
    const auto* said = std::get_if<Surface>(&event.body);
    if (said == nullptr) continue;
    const auto forward = forwards.find(said->expiry);
    static_cast<void>(surface.apply(
        event.t, *said, forward == forwards.end() ? std::nullopt : std::optional(forward->second)));
  }
  for (const auto& [expiry, price] : forwards) {
    if (const auto at = book.expiry(expiry)) static_cast<void>(book.set_forward(*at, price));
  }
}

}  // namespace ballast::option_run
