#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/codec/codec.hpp"
#include "adapters/config/config.hpp"
#include "adapters/store/reader.hpp"
#include "apps/ballast/audit_check.hpp"
#include "apps/ballast/client_verb.hpp"
#include "engine/engine.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"seq", "seq"},       ItemColumn{"time", "t"},
    ItemColumn{"by", "by"},         ItemColumn{"role", "role"},
    ItemColumn{"action", "action"}, ItemColumn{"subject", "subject"},
    ItemColumn{"reason", "reason"}, ItemColumn{"before", "before"},
    ItemColumn{"after", "after"},   ItemColumn{"event", "event"},
};

struct Arguments : ClientVerb {
  std::string by, action, journal;
  std::uint64_t from = 1;
};

std::string shown(const AuditCheck& check, Format format) {
  if (format == Format::json) {
    return nlohmann::ordered_json{{"changes", check.changes()},
                                  {"records", check.records()},
                                  {"problem_count", check.problem_count()},
                                  {"problems", check.problems()}}
               .dump(2) +
           "\n";
  }
  if (format == Format::csv) {
    nlohmann::json rows = nlohmann::json::array();
    for (const std::string& what : check.problems())
      rows.push_back({{"problem", what}});
    constexpr std::array problem_columns{ItemColumn{"problem", "problem"}};
    return shown_items(rows.dump(), problem_columns, format, "");
  }
  std::string text = fmt::format("changes   {}\nrecords   {}\n", check.changes(), check.records());
  if (check.problem_count() == 0) text += "problems  none\n";
  for (const std::string& what : check.problems())
    text += "problems  " + printable(what) + "\n";
  return text;
}

/// Whether the engine takes the event. One that the desk of today cannot read (its instrument is
/// gone) counts as taken.
bool takes(Engine& engine, EventReader& reader, Event& event, std::string_view body) {
  if (!reader.read(body, event)) return true;
  const auto effects = engine.step(event);
  return std::none_of(effects.begin(), effects.end(), [](const Effect& effect) {
    return std::holds_alternative<Refused>(effect.body);
  });
}

/// Reads the journal itself: each event is held against the hash chain before it is looked at.
Result<AuditCheck> check_journal(const Arguments& arguments) {
  BALLAST_TRY(journal, JournalReader::open(arguments.journal));
  BALLAST_TRY(desk, load_desk(journal.desk(), arguments.journal));
  BALLAST_TRY(last, journal.last_seq());
  Engine engine(std::move(desk));
  EventReader reader(engine.desk());
  Event event;
  AuditCheck check;
  Progress progress("auditing");
  BALLAST_CHECK(journal.for_each(1, std::nullopt, [&](const JournalEvent& stored) -> Result<void> {
    progress.update(stored.seq, stored.seq, last);
    const bool applied = takes(engine, reader, event, stored.body);
    if (stored.seq >= arguments.from) check.see(stored, applied);
    return {};
  }));
  check.finish();
  return check;
}

Exit verify(const Arguments& arguments) {
  const auto check = check_journal(arguments);
  if (!check) return complain(check.error());
  const auto written = write_output("", shown(*check, arguments.format));
  if (!written) return complain(written.error());
  if (check->problem_count() == 0) return Exit::fine;
  complain(
      fmt::format("the audit of {} does not account for all changes: events that were not posted "
                  "through the service have no record (--from-seq leaves those out)",
                  arguments.journal));
  return Exit::check_failed;
}

}  // namespace

std::function<Exit()> make_audit(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  SubVerbs verbs(app, "audit", {});
  CLI::App* listing =
      verbs.add("list", "who changed what, newest first", "list --by anna", [arguments] {
        return list_items(
            *arguments,
            with_query("/api/v1/audit", {{"by", arguments->by}, {"action", arguments->action}}),
            columns, "no audit records");
      });
  add_service(*listing, *arguments);
  listing->add_option("--by", arguments->by, "only of this token's name");
  listing->add_option("--action", arguments->action, "only this action, such as target.set");

  CLI::App* verifying = verbs.add(
      "verify",
      "read a journal: is its chain whole, and is every change of a person accounted for?",
      "verify desk.db", [arguments] { return verify(*arguments); });
  verifying->add_option("JOURNAL", arguments->journal, "the journal")
      ->type_name("FILE")
      ->required();
  verifying->add_option("--from-seq", arguments->from, "from this event on; default: 1, the first")
      ->type_name("NUMBER");
  add_format(*verifying, arguments->format);
  return verbs.chosen();
}

}  // namespace ballast
