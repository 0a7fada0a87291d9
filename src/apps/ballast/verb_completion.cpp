#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/console.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

/// Every option of an app as it is typed: "--from --to -o".
std::string options_of(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      text += "--" + name + " ";
    for (const std::string& name : option->get_snames())
      text += "-" + name + " ";
  }
  return text;
}

std::string names_of(const CLI::App& app) {
  std::string text;
  for (const CLI::App* sub : app.get_subcommands({}))
    text += sub->get_name() + " ";
  return text;
}

std::string bash_script(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands({})) {
    cases += fmt::format("    {}) words=\"{}{}\" ;;\n", sub->get_name(), names_of(*sub),
                         options_of(*sub));
  }
  return fmt::format(
      "# bash completion for ballast\n"
      "_ballast() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{}\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\") $(compgen -f -- \"$current\"))\n"
      "}}\n"
      "complete -o filenames -F _ballast ballast\n",
      names_of(app), cases);
}

std::string zsh_script(const CLI::App& app) {
  std::string verbs;
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands({})) {
    verbs += fmt::format("    '{}:{}'\n", sub->get_name(), sub->get_description());
    cases += fmt::format("    {}) compadd -- {}{}; _files ;;\n", sub->get_name(), names_of(*sub),
                         options_of(*sub));
  }
  return fmt::format(
      "#compdef ballast\n"
      "local -a verbs=(\n{})\n"
      "if (( CURRENT == 2 )); then\n"
      "  _describe verb verbs\n"
      "else\n"
      "  case $words[2] in\n{}  esac\n"
      "fi\n",
      verbs, cases);
}

std::string fish_script(const CLI::App& app) {
  std::string text = "# fish completion for ballast\n";
  for (const CLI::App* sub : app.get_subcommands({})) {
    text += fmt::format("complete -c ballast -n __fish_use_subcommand -a {} -d '{}'\n",
                        sub->get_name(), sub->get_description());
    for (const CLI::App* below : sub->get_subcommands({})) {
      text += fmt::format("complete -c ballast -n '__fish_seen_subcommand_from {}' -a {} -d '{}'\n",
                          sub->get_name(), below->get_name(), below->get_description());
    }
    for (const CLI::Option* option : sub->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        text += fmt::format("complete -c ballast -n '__fish_seen_subcommand_from {}' -l {}\n",
                            sub->get_name(), name);
      }
    }
  }
  return text;
}

Exit run(const std::string& shell) {
  std::function<Exit()> unused;
  const auto app = make_app(unused);
  const std::string script = shell == "bash"  ? bash_script(*app)
                             : shell == "zsh" ? zsh_script(*app)
                                              : fish_script(*app);
  const auto written = write_output("", script);
  return written ? Exit::fine : complain(written.error());
}

}  // namespace

std::function<Exit()> make_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell] { return run(*shell); };
}

}  // namespace ballast
