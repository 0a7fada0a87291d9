#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/calc/calc_json.hpp"
#include "adapters/codec/codec.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/verb.hpp"
#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

struct CalcArguments {
  CLI::App* app = nullptr;
  std::string name;
  bool help = false;
  std::optional<Format> format;
};

// ---- help

std::string presence_text(const Presence& presence) {
  if (const auto* number = std::get_if<double>(&presence))
    return fmt::format(", {} by default", *number);
  if (const auto* text = std::get_if<std::string_view>(&presence))
    return fmt::format(", {} by default", *text);
  return std::holds_alternative<Optional>(presence) ? ", may be left out" : "";
}

std::string kind_text(const Parameter& parameter) {
  std::string text = parameter.kind == Kind::text
                         ? fmt::format("{}", fmt::join(parameter.choices, " | "))
                         : std::string(to_string(parameter.kind));
  const std::string domain = to_string(parameter.domain);
  if (!domain.empty()) text += (parameter.kind == Kind::numbers ? ", each " : ", ") + domain;
  return text + presence_text(parameter.presence);
}

/// As it is typed: lists with commas, and what the shell would take apart in quotes.
std::string typed(const Value& value) {
  if (const std::string* text = value.text()) return *text;
  std::string text = to_text(value);
  if (value.record() != nullptr) return "'" + text + "'";
  const List* const list = value.list();
  if (list == nullptr) return text;
  const bool flat = std::all_of(list->begin(), list->end(),
                                [](const Value& item) { return item.number() != nullptr; });
  return flat && !list->empty() ? text.substr(1, text.size() - 2) : "'" + text + "'";
}

std::string help_of(const Formula& formula) {
  std::string text = fmt::format("{}: {}\n\nSource: {}\n\nParameters:\n", formula.name,
                                 formula.about, formula.source);
  for (const Parameter& parameter : formula.parameters)
    text += fmt::format("  --{:<10} {}\n  {:12} {}\n", parameter.name, kind_text(parameter), "",
                        parameter.about);
  text += "\nAnswers:\n";
  for (const Answer& answer : formula.answers)
    text += fmt::format("  {:<12} {}\n", answer.name, answer.about);
  Fields request{{"fn", formula.name}};
  text += fmt::format("\nExample:\n  ballast calc {}", formula.name);
  for (Field& field : formula.example()) {
    text += fmt::format(" --{} {}", field.name, typed(field.value));
    request.push_back(std::move(field));
  }
  return text + fmt::format("\nThe same as a line for `ballast calc -`:\n  {}\n", to_text(request));
}

Result<void> print_list(Format format) {
  std::string text = format == Format::csv ? "fn,about\n" : "";
  for (const Formula& formula : formulas()) {
    if (format == Format::json) {
      text += write_value(Fields{{"fn", formula.name}, {"about", formula.about}}) + "\n";
    } else if (format == Format::csv) {
      text += fmt::format("{},\"{}\"\n", formula.name, formula.about);
    } else {
      text += fmt::format("{:<20} {}\n", formula.name, formula.about);
    }
  }
  return write_output("", text);
}

// ---- one request on the command line

std::optional<double> number_of(std::string_view text) {
  double number = 0.0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What is no number stays a text, which the check of kinds then quotes.
Value number_or_text(std::string_view text) {
  const auto number = number_of(text);
  return number ? Value(*number) : Value(text);
}

Result<Value> value_of(const Parameter& parameter, std::string_view text) {
  if (parameter.kind == Kind::text) return Value(text);
  if (parameter.kind == Kind::number || parameter.kind == Kind::whole) return number_or_text(text);
  const bool is_list = parameter.kind == Kind::numbers || parameter.kind == Kind::point;
  if (is_list && !text.starts_with('[') && !text.starts_with('{')) {
    List list;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      list.push_back(number_or_text(text.substr(at, end - at)));
      at = end + 1;
    }
    return Value(std::move(list));
  }
  auto value = read_value(text);
  if (!value)
    return fail(Errc::bad_input, fmt::format("{}: {}", parameter.name, value.error().what));
  return value;
}

/// --NAME VALUE or --NAME=VALUE, as often as there are parameters.
Result<Fields> request_of(const Formula& formula, const std::vector<std::string>& words) {
  Fields request;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view name = words[i];
    if (!name.starts_with("--") || name.size() == 2) {
      return fail(
          Errc::bad_input,
          fmt::format("\"{}\" belongs to no parameter: they are given as --NAME VALUE", name));
    }
    name.remove_prefix(2);
    std::string_view text;
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
      text = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (i + 1 < words.size()) {
      text = words[++i];
    } else {
      return fail(Errc::bad_input,
                  fmt::format("--{} is the last word: its value is missing", name));
    }
    const Parameter* const parameter = formula.find_parameter(name);
    if (parameter == nullptr) {
      request.push_back({std::string(name), text});  // the check of names says what is known
      continue;
    }
    BALLAST_TRY(value, value_of(*parameter, text));
    request.push_back({std::string(name), std::move(value)});
  }
  return request;
}

struct Row {
  std::string name;  // gamma_matrix[0][1], gradient.v0
  std::string text;
};

void add_rows(const std::string& name, const Value& value, std::vector<Row>& rows) {
  if (const Fields* const record = value.record()) {
    for (const Field& field : *record)
      add_rows(fmt::format("{}.{}", name, field.name), field.value, rows);
    return;
  }
  const List* const list = value.list();
  if (list == nullptr) {
    rows.push_back({name, value.null() ? "" : to_text(value)});
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    add_rows(fmt::format("{}[{}]", name, i), (*list)[i], rows);
}

std::string render(const Fields& answers, Format format) {
  if (format == Format::json) return write_value(answers) + "\n";
  std::vector<Row> rows;
  for (const Field& field : answers)
    add_rows(field.name, field.value, rows);
  std::size_t width = 0;
  for (const Row& row : rows)
    width = std::max(width, row.name.size());
  std::string text = format == Format::csv ? "answer,value\n" : "";
  for (const Row& row : rows) {
    text += format == Format::csv
                ? fmt::format("{},{}\n", row.name, row.text)
                : fmt::format("{:<{}}  {}\n", row.name, width, row.text.empty() ? "-" : row.text);
  }
  return text;
}

Exit usage(const Error& error) {
  complain(error.what);
  return Exit::usage;
}

Exit calculate_one(const CalcArguments& arguments) {
  const auto formula = find_formula(arguments.name);
  if (!formula) return usage(formula.error());
  if (arguments.help) {
    const auto written = write_output("", help_of(**formula));
    return written ? Exit::fine : complain(written.error());
  }
  auto request = request_of(**formula, arguments.app->remaining());
  if (!request) return usage(request.error());
  const auto answers = calculate(**formula, std::move(*request));
  if (!answers) {
    if (answers.error().code != Errc::bad_input) return complain(answers.error());
    complain(fmt::format("{}; `ballast calc {} --help` tells more", answers.error().what,
                         arguments.name));
    return Exit::usage;
  }
  const auto written = write_output("", render(*answers, arguments.format.value_or(Format::table)));
  return written ? Exit::fine : complain(written.error());
}

// ---- requests on standard input

/// Answers all lines that have come before it waits for more, so that a program at the other end
/// may ask one question at a time, and a file is answered in large writes.
class Answering {
 public:
  Exit run() {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    std::string buffer(chunk, '\0');
    for (;;) {
      const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        complain("standard input cannot be read");
        return Exit::failed;
      }
      if (got == 0) break;
      take(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
      if (!flush()) return Exit::failed;
    }
    if (!line_.empty() || too_long_) end_line();
    if (!flush()) return Exit::failed;
    if (refused_ == 0) return Exit::fine;
    complain(fmt::format("{} of {} requests were refused", refused_, read_));
    return Exit::input_refused;
  }

 private:
  static constexpr std::size_t line_max = std::size_t{64} << 20;

  void take(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const std::string_view part = text.substr(0, end);
      if (line_.size() + part.size() > line_max) too_long_ = true;
      if (!too_long_) line_ += part;
      if (end == std::string_view::npos) return;
      end_line();
      text.remove_prefix(end + 1);
    }
  }
  void end_line() {
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    if (too_long_ || !EventReader::skippable(line_)) answer();
    line_.clear();
    too_long_ = false;
  }
  void answer() {
    ++read_;
    CalcAnswer answer =
        too_long_ ? CalcAnswer{write_error({Errc::bad_input,
                                            fmt::format("a line has at most {} bytes", line_max)}),
                               true}
                  : answer_request(line_);
    refused_ += answer.refused ? 1 : 0;
    out_ += answer.line;
    out_ += '\n';
  }
  bool flush() {
    const auto written = write_output("", out_);
    out_.clear();
    if (!written) complain(written.error().what);
    return written.has_value();
  }

  std::string line_;
  std::string out_;
  bool too_long_ = false;
  std::uint64_t read_ = 0;
  std::uint64_t refused_ = 0;
};

Exit run(const CalcArguments& arguments) {
  if (arguments.name.empty()) {
    if (arguments.help) {
      fmt::print("{}", arguments.app->help("ballast"));
      return Exit::fine;
    }
    complain("calc needs the NAME of a function, `list`, or - for JSON lines on standard input");
    return Exit::usage;
  }
  const bool one = arguments.name != "list" && arguments.name != "-";
  if (one) return calculate_one(arguments);
  if (arguments.help) {
    fmt::print("{}", arguments.app->help("ballast"));
    return Exit::fine;
  }
  if (const auto words = arguments.app->remaining(); !words.empty()) {
    complain(fmt::format("calc {} takes no parameters, such as {}", arguments.name, words.front()));
    return Exit::usage;
  }
  if (arguments.name == "-") {
    if (arguments.format.value_or(Format::json) == Format::json) return Answering().run();
    complain("calc - answers in JSON only");
    return Exit::usage;
  }
  const auto written = print_list(arguments.format.value_or(Format::table));
  return written ? Exit::fine : complain(written.error());
}

}  // namespace

std::function<Exit()> make_calc(CLI::App& app) {
  auto arguments = std::make_shared<CalcArguments>();
  arguments->app = &app;
  app.add_option(
      "NAME", arguments->name,
      "a function, then its parameters as --PARAMETER VALUE; `list` names the functions; "
      "- answers JSON lines on standard input");
  app.set_help_flag();  // ours knows of NAME
  app.add_flag("-h,--help", arguments->help,
               "Print this help message, or with NAME that function's parameters, and exit");
  app.add_option("-o,--output", arguments->format, "table, json or csv")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, Format>{
                          {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}},
                      CLI::ignore_case)
                      .description(""))
      ->type_name("FORMAT");
  app.allow_extras();
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
