#include "adapters/feed/csv/mapped_csv.hpp"

#include <unordered_map>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"
#include "adapters/feed/csv/mapped_event.hpp"
#include "base/hash.hpp"

namespace ballast {
namespace {

constexpr ImportOption options[] = {
    {"type", "",
     "the events to make: fill, balance, transfer, funding, position, mark, top, trade, "
     "funding_rate",
     true},
    {"map.*", "", "map.FIELD=COLUMN: by name, or number from 1"},
    {"set.*", "", "set.FIELD=TEXT: a constant; {COLUMN} in it stands for the column's value"},
    {"values.*", "",
     "values.FIELD=FROM:TO,...: replaces values, such as values.side=Bid:buy,Ask:sell"},
    {"negate.*", "", "negate.FIELD=yes: changes the sign of a number"},
    {"where.*", "", "where.COLUMN=VALUE,...: only lines whose column has one of the values"},
    {"time_format", "auto", "auto, rfc3339, s, ms, us, ns, or a pattern such as %Y-%m-%d %H:%M:%S"},
    {"utc_offset", "Z", "how far the times of a pattern are ahead of UTC, such as +03:00"},
    {"delimiter", ",", "one character, or \"tab\""},
    {"header", "yes", "no: the first row is data, and columns go by number"},
    {"id", "hash",
     "ids where no column is mapped: hash (of the line), ordered (hash behind the line's place "
     "among "
     "those of its time, which keeps the file's order) or row (its number)"},
    {"repeats", "keep", "unless id=row, lines that repeat an earlier one: keep or drop"},
};

enum class Ids : std::uint8_t { hash, ordered, row };

struct Behaviour {
  bool header = true;
  Ids ids = Ids::hash;
  bool keep_repeats = true;
  char delimiter = ',';
};

class MappedCsv final : public CsvImporter {
 public:
  MappedCsv(const CsvEventType& type,
            CsvMapping mapping,
            CsvFilter filter,
            TimeFormat time_format,
            Behaviour behaviour,
            DeskBuilder& desk)
      : CsvImporter(behaviour.delimiter),
        type_(type),
        mapping_(std::move(mapping)),
        filter_(std::move(filter)),
        time_format_(std::move(time_format)),
        behaviour_(behaviour),
        makes_ids_(type.has_id && !mapping_.has(CsvField::id)),
        desk_(desk) {}

  Result<void> end_of_file(ImportSink& sink) override {
    seen_.clear();
    time_text_.clear();
    return CsvImporter::end_of_file(sink);
  }
  Result<void> finish(ImportSink& sink) override {
    if (left_out_ > 0) {
      sink.note({ImportNote::Kind::ignored, 0,
                 fmt::format("{} lines do not meet the where. settings", left_out_)});
    }
    if (repeated_ > 0) {
      sink.note({ImportNote::Kind::repeated, 0,
                 fmt::format("{} lines repeat an earlier line of their file to the last byte; {}",
                             repeated_,
                             behaviour_.keep_repeats ? "each was kept under an id of its own"
                                                     : "they were dropped")});
    }
    return {};
  }

 protected:
  Result<bool> header(const CsvRow& row) override {
    BALLAST_CHECK(mapping_.resolve(row, behaviour_.header));
    BALLAST_CHECK(filter_.resolve(row, behaviour_.header));
    return behaviour_.header;
  }

  Result<void> row(const CsvRow& row,
                   std::string_view text,
                   std::size_t number,
                   ImportSink& sink) override {
    BALLAST_TRY(taken, filter_.takes(row));
    BALLAST_TRY(place, place_in_time(row));
    if (!taken) {  // it counts all the same: ids must not depend on what else is wanted
      place_ = place;
      ++left_out_;
      return {};
    }
    std::uint32_t occurrence = 0;
    const std::uint64_t hash = hash_bytes(text);
    std::string made_id;
    if (makes_ids_ && behaviour_.ids != Ids::row) {
      const auto found = seen_.find(hash);
      occurrence = found == seen_.end() ? 1 : found->second + 1;
      // Written into events: never to change.
      made_id = fmt::format("{:016x}{:016x}", hash_bytes(text, 1), hash_bytes(text, 2));
      if (occurrence > 1) made_id += fmt::format("-{}", occurrence);
      if (behaviour_.ids == Ids::ordered) made_id = fmt::format("{:05}-{}", place, made_id);
    } else if (makes_ids_) {
      made_id = fmt::format("{}", number);
    }
    BALLAST_TRY(event, mapped_event(type_, row, {mapping_, time_format_, desk_, made_id}));
    place_ = place;
    if (occurrence > 0) seen_[hash] = occurrence;
    if (occurrence > 1) {
      ++repeated_;
      if (!behaviour_.keep_repeats) return {};
    }
    sink.event(event);
    return {};
  }

 private:
  /// Which line of those that follow each other with the same time this is, counting from 1.
  Result<std::uint32_t> place_in_time(const CsvRow& row) {
    if (!makes_ids_ || behaviour_.ids != Ids::ordered) return 0U;
    BALLAST_TRY(time, mapping_.text(CsvField::t, row));
    if (time == time_text_) return place_ + 1;
    time_text_ = time.value_or("");
    place_ = 0;
    return 1U;
  }

  const CsvEventType& type_;
  CsvMapping mapping_;
  CsvFilter filter_;
  TimeFormat time_format_;
  Behaviour behaviour_;
  bool makes_ids_;
  DeskBuilder& desk_;
  std::unordered_map<std::uint64_t, std::uint32_t>
      seen_;                 // line hash to occurrences; 16 bytes a line
  std::string time_text_;    // of the last line
  std::uint32_t place_ = 0;  // of the last line that was not refused, among those of its time
  std::uint64_t repeated_ = 0;
  std::uint64_t left_out_ = 0;
};

/// Every field suits the type, and nothing that the type needs is missing.
Result<void> check_fields(const CsvEventType& type, const CsvMapping& mapping) {
  for (std::size_t i = 0; i < csv_field_names.size(); ++i) {
    const auto f = static_cast<CsvField>(i);
    if (mapping.has(f) && (type.allowed & bit(f)) == 0) {
      return fail(Errc::bad_input,
                  fmt::format("an event of type {} has no field {}", type.name, to_string(f)));
    }
    if (!mapping.has(f) && (type.required & bit(f)) != 0) {
      return fail(Errc::bad_input,
                  fmt::format("an event of type {0} needs the field {1}: give map.{1}= "
                              "or set.{1}=",
                              type.name, to_string(f)));
    }
  }
  const bool instrument = mapping.has(CsvField::instrument);
  const bool asset = mapping.has(CsvField::asset);
  if ((type.name == "mark" || type.name == "position") && instrument == asset) {
    return fail(Errc::bad_input,
                fmt::format("an event of type {} needs one of the fields instrument and "
                            "asset",
                            type.name));
  }
  if (type.name == "mark" && asset != mapping.has(CsvField::quote)) {
    return fail(Errc::bad_input,
                "a mark of an asset needs the field quote, and only such a mark has it");
  }
  if (mapping.has(CsvField::fee) != mapping.has(CsvField::fee_asset)) {
    return fail(Errc::bad_input, "the fields fee and fee_asset go together");
  }
  return {};
}

Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  constexpr std::string_view ids[] = {"hash", "ordered", "row"};  // as Ids
  constexpr std::string_view repeats[] = {"keep", "drop"};
  BALLAST_TRY(type, csv_event_type(setting(settings, "type")));
  BALLAST_TRY(mapping, CsvMapping::create(settings));
  BALLAST_TRY(filter, CsvFilter::create(settings));
  if ((type->allowed & bit(CsvField::account)) != 0) mapping.set_default(CsvField::account, "main");
  if ((type->allowed & bit(CsvField::book)) != 0) mapping.set_default(CsvField::book, "main");
  BALLAST_CHECK(check_fields(*type, mapping));
  BALLAST_TRY(offset, parse_utc_offset(setting(settings, "utc_offset")));
  BALLAST_TRY(time_format, TimeFormat::create(setting(settings, "time_format"), offset));
  BALLAST_TRY(header, yes_no_setting(settings, "header"));
  BALLAST_TRY(id, choice_setting(settings, "id", ids));
  BALLAST_TRY(repeat, choice_setting(settings, "repeats", repeats));
  const std::string_view delimiter = setting(settings, "delimiter");
  if (delimiter != "tab" && (delimiter.size() != 1 || delimiter == "\"")) {
    return fail(Errc::bad_input, "setting delimiter= is neither one character nor \"tab\"");
  }
  const Behaviour behaviour{header, static_cast<Ids>(id), repeat == 0,
                            delimiter == "tab" ? '\t' : delimiter[0]};
  return std::make_unique<MappedCsv>(*type, std::move(mapping), std::move(filter),
                                     std::move(time_format), behaviour, desk);
}

}  // namespace

const ImporterKind mapped_csv_kind{"csv", "CSV of any shape: columns mapped to one type of event",
                                   options, make};

}  // namespace ballast
