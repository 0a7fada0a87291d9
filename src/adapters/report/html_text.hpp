// What every part of the page needs: escaped text, and numbers for attributes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ballast {

/// Text for element content and for double-quoted attributes; control characters become U+FFFD.
std::string escape_html(std::string_view text);

/// A coordinate: two fractional digits at most, never an exponent, 0 for what is not finite.
std::string coordinate(double value);

}  // namespace ballast
