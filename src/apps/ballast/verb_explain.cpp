#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/codec/event_file.hpp"
#include "apps/ballast/client.hpp"
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
  ClientArguments client;
  bool service = false;  // --url, or nothing else to ask
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

void print(const std::vector<Explanation>& lines) {
  for (const Explanation& line : lines) {
    fmt::print("{:{}}{:<{}} {}\n", "", line.depth * 2, line.label, 34 - line.depth * 2, line.value);
  }
}

/// The lines of a service's answer.
std::vector<Explanation> lines_of(const std::string& body) {
  std::vector<Explanation> lines;
  for (const nlohmann::json& line :
       nlohmann::json::parse(body).value("lines", nlohmann::json::array()))
    lines.push_back({line.value("depth", 0), line.value("label", ""), line.value("value", "")});
  return lines;
}

/// What to ask the service for: of a proposal, it is that about the factor made last.
Result<std::string> target_of(Client& client, const ExplainArguments& arguments) {
  using Topic = ExplainArguments::Topic;
  const std::string key =
      arguments.book == "*" ? arguments.factor : arguments.factor + "@" + arguments.book;
  if (arguments.topic != Topic::proposal) {
    return fmt::format("/api/v1/{}/{}/explain",
                       arguments.topic == Topic::target ? "targets" : "factors",
                       percent_encoded(key));
  }
  BALLAST_TRY(list, client.get(with_query("/api/v1/proposals", {{"factor", key}, {"limit", "1"}})));
  const auto items = nlohmann::json::parse(list.body).value("items", nlohmann::json::array());
  if (items.empty())
    return fail(Errc::not_found, fmt::format("there was no proposal about {} yet", key));
  return "/api/v1/proposals/" + percent_encoded(items[0].value("id", ""));
}

Exit ask_service(const ExplainArguments& arguments) {
  if (arguments.at) {
    complain("a running service explains the present; for --at, name its journal instead of --url");
    return Exit::usage;
  }
  auto client = Client::open(arguments.client);
  if (!client) return complain(client.error());
  const auto target = target_of(*client, arguments);
  if (!target) return complain(target.error());
  const auto reply = client->get(*target);
  if (!reply) return complain(reply.error());
  print(lines_of(reply->body));
  return Exit::fine;
}

Exit run(const ExplainArguments& arguments) {
  if (arguments.service) return ask_service(arguments);
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
  print(arguments.topic == Topic::target     ? engine.explain_target(id)
        : arguments.topic == Topic::proposal ? engine.explain_proposal(id)
                                             : engine.explain(id));
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
  app.add_option("--journal", arguments->journal,
                 "the journal that holds the events; with --url, whose token to use")
      ->type_name("FILE");
  app.add_option("-c,--config", arguments->config, "the desk's configuration, for INPUT files")
      ->type_name("FILE");
  CLI::Option* url = app.add_option("--url", arguments->client.url,
                                    "ask the service there; default, without --journal and -c: "
                                    "BALLAST_URL, or http://127.0.0.1:8420");
  app.add_option("--token-file", arguments->client.token_file,
                 "a file with the token for it; default: the token in BALLAST_TOKEN")
      ->type_name("FILE");
  add_time(app, "--at", arguments->at, "as of this time (RFC 3339 UTC); default: the last event");
  return [arguments, words, url] {
    const bool elsewhere = arguments->journal || !arguments->config.empty();
    arguments->service = !elsewhere || (url->count() > 0 && arguments->config.empty());
    arguments->client.journal = arguments->journal.value_or("");
    // Not envname(): the environment is no word against a journal that is named.
    if (const char* set = std::getenv("BALLAST_URL"); url->count() == 0 && set != nullptr)
      arguments->client.url = set;
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
