#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/console.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

/// Text that roff takes literally.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += std::string("\\&") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string options_section(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    text += fmt::format(".TP\n.B {}\n{}\n", roff(option->get_name(false, true)),
                        roff(option->get_description()));
  }
  return text;
}

std::string verb_page(const CLI::App& app, const Verb& verb) {
  std::string text = fmt::format(
      ".TH BALLAST\\-{0} 1 \"\" \"ballast {1}\" \"Ballast\"\n"
      ".SH NAME\nballast\\-{0} \\- {2}\n"
      ".SH SYNOPSIS\n.B ballast {0}\n[options] [arguments]\n"
      ".SH OPTIONS\n{3}",
      verb.name, BALLAST_VERSION, roff(verb.about), options_section(app));
  for (const CLI::App* sub : app.get_subcommands({})) {
    text += fmt::format(".SH {}\n{}\n{}", sub->get_name(), roff(sub->get_description()),
                        options_section(*sub));
  }
  text +=
      fmt::format(".SH EXAMPLE\n.nf\n{}\n.fi\n.SH SEE ALSO\n.BR ballast (1)\n", roff(verb.example));
  return text;
}

std::string main_page(const CLI::App& app) {
  std::string text = fmt::format(
      ".TH BALLAST 1 \"\" \"ballast {}\" \"Ballast\"\n"
      ".SH NAME\nballast \\- keeps a trading desk's inventory where it should be\n"
      ".SH SYNOPSIS\n.B ballast\n.I verb\n[options] [arguments]\n"
      ".SH DESCRIPTION\n{}\n.SH VERBS\n",
      BALLAST_VERSION, roff(app.get_description()));
  for (const Verb& verb : verbs()) {
    text += fmt::format(".TP\n.BR ballast\\-{} (1)\n{}\n", verb.name, roff(verb.about));
  }
  text += fmt::format(
      ".SH EXIT STATUS\n{}\n"
      ".SH FILES\nA desk's configuration is TOML, events are JSON lines, a journal is one SQLite "
      "file.\n",
      roff("0 fine; 1 failed; 2 wrong usage; 3 a check failed; 4 adherence below --require; 5 some "
           "input refused; 74 journal damaged; 78 bad configuration."));
  return text;
}

Exit run(const std::string& page, const std::string& dir) {
  std::function<Exit()> unused;
  const auto app = make_app(unused);
  const auto text_of = [&](std::string_view name) -> std::string {
    for (const Verb& verb : verbs()) {
      if (verb.name == name) return verb_page(*app->get_subcommand(std::string(name)), verb);
    }
    return main_page(*app);
  };
  if (dir.empty()) {
    const auto written = write_output("", text_of(page));
    return written ? Exit::fine : complain(written.error());
  }
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (auto written = write_output(dir + "/ballast.1", main_page(*app)); !written) {
    return complain(written.error());
  }
  for (const Verb& verb : verbs()) {
    const auto written =
        write_output(fmt::format("{}/ballast-{}.1", dir, verb.name), text_of(verb.name));
    if (!written) return complain(written.error());
  }
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_man(CLI::App& app) {
  auto page = std::make_shared<std::string>();
  auto dir = std::make_shared<std::string>();
  app.add_option("VERB", *page, "the verb whose page to print; none: the page on ballast itself");
  app.add_option("--dir", *dir, "write every page into this folder instead");
  return [page, dir] { return run(*page, *dir); };
}

}  // namespace ballast
