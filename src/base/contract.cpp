#include "base/contract.hpp"

#include <cstdio>
#include <cstdlib>

namespace ballast {

void contract_violation(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "ballast: contract violated: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace ballast
