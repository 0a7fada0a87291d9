#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"id", "id"},
    ItemColumn{"factor", "key"},
    ItemColumn{"action", "action"},
    ItemColumn{"state", "state"},
    ItemColumn{"deviation", "deviation"},
    ItemColumn{"quantity", "quantity"},
    ItemColumn{"expected cost", "expected_cost"},
    ItemColumn{"since", "since"},
    ItemColumn{"deadline", "deadline"},
    ItemColumn{"reason", "reason"},
};

struct Arguments : ClientVerb {
  std::string factor, state, id;
};

std::function<Exit()> answer(const std::shared_ptr<Arguments>& arguments, const char* word) {
  return [arguments, word] {
    return ask_change(
        *arguments,
        {.method = "POST",
         .target = fmt::format("/api/v1/proposals/{}/{}", percent_encoded(arguments->id), word),
         .body = json_object({{"reason", arguments->reason}})},
        fmt::format("{} {}", word, arguments->id));
  };
}

}  // namespace

std::function<Exit()> make_proposals(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  app.add_option("--factor", arguments->factor, "only about this factor, as delta:BTC");
  app.add_option("--state", arguments->state, "only in this state, such as waiting");
  SubVerbs verbs(app, "proposals", [arguments] {
    return list_items(*arguments,
                      with_query("/api/v1/proposals",
                                 {{"factor", arguments->factor}, {"state", arguments->state}}),
                      columns, "no proposals");
  });
  const auto add = [&](const char* word, const char* about, const char* example) {
    CLI::App* sub = verbs.add(word, about, example, answer(arguments, word));
    sub->add_option("ID", arguments->id, "as `ballast proposals` lists it")->required();
    add_change(*sub, *arguments, Reason::optional);
  };
  add("approve", "have a waiting proposal carried out", "approve p-17");
  add("reject", "have it not", "reject p-17 --reason 'the client comes back'");
  return verbs.chosen();
}

}  // namespace ballast
