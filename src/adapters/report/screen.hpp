// What every table for a terminal is made of: lines and aligned sheets, coloured where wanted.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "adapters/report/render.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {

/// Control characters in a name must not reach a terminal.
std::string screen_text(std::string_view text);

/// Lines and sheets on their way to a terminal.
class Screen {
 public:
  explicit Screen(TableStyle style) : style_(style) {}

  void line(std::string_view text = {}) {
    out_ += text;
    out_ += '\n';
  }
  void sheet(const Sheet& sheet);
  std::string bold(std::string_view text) const { return paint(text, "1"); }
  std::string toned(std::string_view text, Tone tone) const {
    switch (tone) {
      case Tone::plain:
        break;
      case Tone::good:
        return paint(text, "32");
      case Tone::warning:
        return paint(text, "33");
      case Tone::critical:
        return paint(text, "31");
    }
    return std::string(text);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string paint(std::string_view text, std::string_view code) const {
    return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  TableStyle style_;
  std::string out_;
};

}  // namespace ballast
