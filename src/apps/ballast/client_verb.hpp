// What the verbs that speak with a running service share.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "apps/ballast/client.hpp"
#include "apps/ballast/client_output.hpp"
#include "apps/ballast/console.hpp"

namespace ballast {

struct ClientVerb {
  ClientArguments client;
  Format format = Format::table;
  std::string reason;
  bool dry_run = false;
};

enum class Reason { required, optional };

/// --url and its like, and -o.
void add_service(CLI::App& app, ClientVerb& verb);
/// --reason and --dry-run.
void add_change(CLI::App& app, ClientVerb& verb, Reason reason);

/// A verb that lists, and has sub-verbs that change. `list` runs when no sub-verb is named; options
/// of the verb itself may stand behind a sub-verb's.
class SubVerbs {
 public:
  SubVerbs(CLI::App& app, std::string_view verb, std::function<Exit()> list);
  /// @param example  without "ballast VERB".
  CLI::App* add(std::string_view name,
                std::string_view about,
                std::string_view example,
                std::function<Exit()> run);
  std::function<Exit()> chosen() const;

 private:
  CLI::App* app_;
  std::string_view verb_;
  std::shared_ptr<std::function<Exit()>> chosen_;
};

/// Prints a list of the service.
Exit list_items(const ClientVerb& verb,
                std::string_view target,
                std::span<const ItemColumn> columns,
                std::string_view none);
/// Asks for a change and prints what it changed, or would.
Exit ask_change(const ClientVerb& verb, ChangeRequest request, std::string_view what);
/// The same, of a thing that `GET` of the same target gives the version of.
Exit ask_versioned_change(const ClientVerb& verb, ChangeRequest request, std::string_view what);

/// A JSON object of texts; those that are empty are left out.
std::string json_object(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members);

}  // namespace ballast
