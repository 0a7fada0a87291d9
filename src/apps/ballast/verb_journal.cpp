#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/run.hpp"

namespace ballast {
namespace {

struct JournalArguments {
  std::string path;
  std::uint64_t count = 10;
  std::uint64_t from = 1;
  std::optional<std::uint64_t> to;
};

Exit verify(const JournalArguments& arguments) {
  const auto report = verify_journal(arguments.path);
  if (!report) return complain(report.error());
  fmt::print("events       {}\n", report->events);
  if (report->events > 0) {
    fmt::print("first        {}\nlast         {}\nchain        {}\n", to_string(report->first_t),
               to_string(report->last_t), report->chain);
  }
  fmt::print("projections  {} rows, up to event {}\nsnapshots    {}\n", report->projection_rows,
             report->projected, report->snapshots);
  if (report->damage.empty()) {
    fmt::print("damage       none\n");
    return Exit::fine;
  }
  for (const Damage& damage : report->damage) {
    const std::string where = damage.seq > 0 ? fmt::format("event {}: ", damage.seq) : "";
    fmt::print("damage       {}{}\n", where, damage.what);
  }
  return Exit::journal_damaged;
}

Result<void> print_event(const JournalEvent& event) {
  if (std::fwrite(event.body.data(), 1, event.body.size(), stdout) != event.body.size() ||
      std::fputc('\n', stdout) == EOF) {
    return fail(Errc::io, "standard output cannot be written");
  }
  return {};
}

Exit tail(const JournalArguments& arguments) {
  auto journal = JournalReader::open(arguments.path);
  if (!journal) return complain(journal.error());
  const auto done = journal->tail(arguments.count, print_event);
  return done ? Exit::fine : complain(done.error());
}

Exit export_events(const JournalArguments& arguments) {
  auto journal = JournalReader::open(arguments.path);
  if (!journal) return complain(journal.error());
  const auto done = journal->for_each(arguments.from, arguments.to, print_event);
  return done ? Exit::fine : complain(done.error());
}

Exit rebuild(const JournalArguments& arguments) {
  auto reader = JournalReader::open(arguments.path);
  if (!reader) return complain(reader.error());
  auto desk = load_desk(reader->desk(), arguments.path);
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
  const auto add = [&](const char* name, const char* about, Exit (*run)(const JournalArguments&)) {
    CLI::App* sub = app.add_subcommand(name, about);
    sub->add_option("FILE", arguments->path, "the journal")->required();
    sub->callback([chosen, run] { *chosen = run; });
    return sub;
  };
  add("verify", "look for damage: the whole chain, snapshots, every projected row", verify);
  add("tail", "print the last events as JSON lines", tail)
      ->add_option("-n", arguments->count, "how many");
  CLI::App* exporting = add("export", "print events as JSON lines", export_events);
  exporting->add_option("--from-seq", arguments->from, "from this event on, 1 is the first");
  exporting->add_option("--to-seq", arguments->to, "up to this event, inclusive");
  add("rebuild", "derive every projection anew from the events", rebuild);
  return [arguments, chosen] { return (*chosen)(*arguments); };
}

}  // namespace ballast
