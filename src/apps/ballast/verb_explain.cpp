#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/codec/event_file.hpp"
#include "apps/ballast/journal_run.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/run.hpp"
#include "runtime/merge.hpp"

namespace ballast {
namespace {

struct ExplainArguments {
  /// What of the factor: all of its number, how its target came about, or what control did.
  enum class Topic { number, target, proposal } topic = Topic::number;
  std::string factor;
  std::string book = "*";
  std::optional<Timestamp> at;
  std::optional<std::string> journal;
  std::string config;
  std::vector<std::string> inputs;
};

Result<std::unique_ptr<Run>> run_inputs(const ExplainArguments& arguments) {
  BALLAST_TRY(desk, read_desk(arguments.config));
  BALLAST_TRY(run, Run::open(std::move(desk), {}));
  std::vector<std::unique_ptr<EventSource>> sources;
  Run* target = run.get();
  for (const std::string& path : arguments.inputs) {
    BALLAST_TRY(source, open_event_file(path, run->engine().desk(),
                                        [target](const std::string& where, const Error& error) {
                                          target->refuse_input(where, error);
                                        }));
    sources.push_back(std::move(source));
  }
  MergedSource merged(std::move(sources));
  Event event;
  for (;;) {
    BALLAST_TRY(more, merged.next(event));
    if (!more) break;
    if (!arguments.at || event.t <= *arguments.at) BALLAST_CHECK(run->feed(event, &merged));
  }
  return std::move(run);
}

void print_candidates(const Desk& desk) {
  complain("this desk has the factors:");
  for (const FactorConfig& factor : desk.factors) {
    fmt::print(stderr, "  {}{}\n", factor.name,
               factor.whole_desk() ? "" : fmt::format(" --book {}", factor.book));
  }
}

Exit run(const ExplainArguments& arguments) {
  if (!arguments.journal && arguments.config.empty()) {
    complain("explain needs --journal FILE, or -c CONFIG and INPUT files");
    return Exit::usage;
  }
  JournalSpan span;
  span.until = arguments.at;
  auto made = arguments.journal ? run_journal(*arguments.journal, span) : run_inputs(arguments);
  if (!made) return complain(made.error());
  Engine& engine = (*made)->engine();
  const FactorId id = engine.desk().find_factor(arguments.factor, arguments.book);
  if (!id.valid()) {
    complain(fmt::format("there is no factor {} of book {}", arguments.factor, arguments.book));
    print_candidates(engine.desk());
    return Exit::usage;
  }
  if (!engine.started()) {
    complain("there is no event up to that time");
    return Exit::failed;
  }
  if (arguments.at) engine.pass_time(*arguments.at);
  using Topic = ExplainArguments::Topic;
  const auto lines = arguments.topic == Topic::target     ? engine.explain_target(id)
                     : arguments.topic == Topic::proposal ? engine.explain_proposal(id)
                                                          : engine.explain(id);
  for (const Explanation& line : lines) {
    fmt::print("{:{}}{:<{}} {}\n", "", line.depth * 2, line.label, 34 - line.depth * 2, line.value);
  }
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_explain(CLI::App& app) {
  auto arguments = std::make_shared<ExplainArguments>();
  auto words = std::make_shared<std::vector<std::string>>();
  app.add_option("[target|proposal] FACTOR [INPUT...]", *words,
                 "such as delta:BTC; target delta:BTC for how its target came about, proposal "
                 "delta:BTC for what control did last and why; and files of events, with -c")
      ->required();
  app.add_option("--book", arguments->book, "the book's own factor instead of the desk's");
  app.add_option("--journal", arguments->journal, "the journal that holds the events")
      ->type_name("FILE");
  app.add_option("-c,--config", arguments->config, "the desk's configuration, for INPUT files")
      ->type_name("FILE");
  add_time(app, "--at", arguments->at, "as of this time (RFC 3339 UTC); default: the last event");
  return [arguments, words] {
    auto word = words->begin();
    using Topic = ExplainArguments::Topic;
    if (words->size() > 1 && *word == "target") arguments->topic = Topic::target;
    if (words->size() > 1 && *word == "proposal") arguments->topic = Topic::proposal;
    if (arguments->topic != Topic::number) ++word;
    arguments->factor = *word++;
    arguments->inputs.assign(word, words->end());
    return run(*arguments);
  };
}

}  // namespace ballast
