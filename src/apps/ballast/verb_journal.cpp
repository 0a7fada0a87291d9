#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/config/config.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "json/json_writer.hpp"

namespace ballast {
namespace {

struct JournalArguments {
  std::string path;
  std::uint64_t count = 10;
  bool follow = false;
  std::uint64_t from = 1;
  std::optional<std::uint64_t> to;
  Format format = Format::table;
};

// ---- verify -------------------------------------------------------------------------------------

std::string verify_table(const VerifyReport& report) {
  std::string text = fmt::format("events        {}\n", report.events);
  if (report.events > 0) {
    text += fmt::format("first         {}\nlast          {}\nchain         {}\n",
                        to_string(report.first_t), to_string(report.last_t), report.chain);
  }
  text +=
      fmt::format("acknowledged  {}\nprojections   {} rows, of events up to {}\nsnapshots     {}\n",
                  report.acknowledged ? fmt::format("up to event {}", *report.acknowledged)
                                      : "not known, without FILE.lock",
                  report.projection_rows, report.projected, report.snapshots);
  if (report.damage.empty()) text += "damage        none\n";
  for (const Damage& damage : report.damage)
    text += fmt::format("damage        {}\n", damage.what);
  return text;
}

std::string verify_json(const VerifyReport& report) {
  JsonWriter out;
  const bool any = report.events > 0;
  out.begin_object();
  out.key("events").value(report.events);
  out.key("first").value(any ? std::optional(report.first_t) : std::nullopt);
  out.key("last").value(any ? std::optional(report.last_t) : std::nullopt);
  out.key("chain").value(report.chain);
  out.key("acknowledged").value(report.acknowledged);
  out.key("projected").value(report.projected);
  out.key("projection_rows").value(report.projection_rows);
  out.key("snapshots").value(report.snapshots);
  constexpr std::array<std::string_view, 4> parts{"events", "file", "snapshots", "projections"};
  out.key("damage").begin_array();
  for (const Damage& damage : report.damage) {
    out.begin_object(JsonWriter::Layout::inline_);
    out.key("part").value(parts[static_cast<std::size_t>(damage.part)]);
    out.key("event").value(damage.seq > 0 ? std::optional(damage.seq) : std::nullopt);
    out.key("what").value(damage.what);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

std::string advice(const VerifyReport& report, const std::string& path) {
  const auto any = [&report](JournalPart part) {
    return std::any_of(report.damage.begin(), report.damage.end(),
                       [part](const Damage& damage) { return damage.part == part; });
  };
  if (any(JournalPart::events) || any(JournalPart::file))
    return fmt::format(
        "{0} is damaged. Keep it as it is and restore a copy; `ballast journal "
        "export {0}` gives the events before the first damaged one",
        path);
  if (any(JournalPart::projections))
    return fmt::format(
        "the events of {0} are whole: `ballast journal rebuild {0}` makes its "
        "tables again",
        path);
  return fmt::format(
      "the events of {} are whole: without the snapshot the next run replays more "
      "of them, and writes another one",
      path);
}

Exit verify(const JournalArguments& arguments) {
  Progress progress("verifying");
  const auto report =
      verify_journal(arguments.path, {}, [&progress](std::uint64_t events, std::uint64_t total) {
        progress.update(events, events, total);
      });
  progress.finish();
  if (!report) return complain(report.error());
  const bool json = arguments.format == Format::json;
  if (auto written = write_output("", json ? verify_json(*report) : verify_table(*report));
      !written)
    return complain(written.error());
  if (report->damage.empty()) return Exit::fine;
  complain(advice(*report, arguments.path));
  return Exit::journal_damaged;
}

// ---- tail, export -------------------------------------------------------------------------------

Result<void> print_event(const JournalEvent& event) {
  if (std::fwrite(event.body.data(), 1, event.body.size(), stdout) != event.body.size() ||
      std::fputc('\n', stdout) == EOF) {
    return fail(Errc::io, "standard output cannot be written");
  }
  return {};
}

/// What is still in the buffer counts too.
Exit end_printing(const Result<void>& done) {
  const bool flushed = std::fflush(stdout) == 0;
  if (!done) return complain(done.error());
  if (!flushed) return complain(Error{Errc::io, "standard output cannot be written"});
  return Exit::fine;
}

/// Prints events as they become durable, until interrupted.
Result<void> follow(JournalReader& journal, std::uint64_t printed) {
  constexpr useconds_t pause_us = 200'000;
  for (;;) {
    if (std::fflush(stdout) != 0) return fail(Errc::io, "standard output cannot be written");
    ::usleep(pause_us);
    BALLAST_TRY(last, journal.last_seq());
    if (last > printed) BALLAST_CHECK(journal.for_each(printed + 1, last, print_event));
    printed = std::max(printed, last);
  }
}

Exit tail(const JournalArguments& arguments) {
  auto journal = JournalReader::open(arguments.path);
  if (!journal) return complain(journal.error());
  const auto last = journal->last_seq();
  if (!last) return complain(last.error());
  Result<void> done;
  if (arguments.count > 0) {
    const std::uint64_t from = *last >= arguments.count ? *last - arguments.count + 1 : 1;
    done = journal->for_each(from, *last, print_event);
  }
  if (done && arguments.follow) done = follow(*journal, *last);
  return end_printing(done);
}

Exit export_events(const JournalArguments& arguments) {
  auto journal = JournalReader::open(arguments.path);
  if (!journal) return complain(journal.error());
  return end_printing(journal->for_each(arguments.from, arguments.to, print_event));
}

// ---- rebuild ------------------------------------------------------------------------------------

Exit rebuild(const JournalArguments& arguments) {
  std::string stored;
  {
    // Gone before the writer comes: it would hold back the log.
    const auto reader = JournalReader::open(arguments.path);
    if (!reader) return complain(reader.error());
    stored = reader->desk();
  }
  auto desk = load_desk(stored, arguments.path);
  if (!desk) return complain(desk.error());
  Run::Options options;
  options.journal = arguments.path;
  options.rebuild = true;
  auto run = Run::open(std::move(*desk), options);
  if (!run) return complain(run.error());
  if (auto finished = (*run)->finish(); !finished) return complain(finished.error());
  fmt::print("projections rebuilt from {} events\n", (*run)->recovered());
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_journal(CLI::App& app) {
  auto arguments = std::make_shared<JournalArguments>();
  auto chosen = std::make_shared<Exit (*)(const JournalArguments&)>(nullptr);
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* about, const char* example,
                       Exit (*run)(const JournalArguments&)) {
    CLI::App* sub = app.add_subcommand(name, about);
    sub->add_option("JOURNAL", arguments->path, "the journal")->type_name("FILE")->required();
    sub->callback([chosen, run] { *chosen = run; });
    sub->footer(fmt::format("Example:\n  ballast journal {}", example));
    return sub;
  };
  add("verify", "look for damage: the whole chain, what was acknowledged, snapshots, every row",
      "verify desk.db", verify)
      ->add_option("-o,--output", arguments->format, "table or json")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"table", Format::table},
                                                                        {"json", Format::json}},
                                          CLI::ignore_case)
                      .description(""))
      ->type_name("FORMAT");
  CLI::App* tailing =
      add("tail", "print the last events as JSON lines", "tail -n 20 -f desk.db", tail);
  tailing->add_option("-n,--count", arguments->count, "how many; default: 10")->type_name("COUNT");
  tailing->add_flag("-f,--follow", arguments->follow, "go on as events come, until interrupted");
  CLI::App* exporting = add("export", "print events as JSON lines, as `ballast replay` reads them",
                            "export desk.db > events.jsonl", export_events);
  exporting->add_option("--from-seq", arguments->from, "from this event on; default: 1, the first")
      ->type_name("NUMBER");
  exporting->add_option("--to-seq", arguments->to, "up to this event, inclusive; default: the last")
      ->type_name("NUMBER");
  add("rebuild", "derive every projection anew from the events", "rebuild desk.db", rebuild);
  return [arguments, chosen] { return (*chosen)(*arguments); };
}

}  // namespace ballast
