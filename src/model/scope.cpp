#include "model/scope.hpp"

namespace ballast {

std::string to_text(const Desk& desk, const Scope& scope) {
  switch (scope.kind) {
    case ScopeKind::desk:
      return "desk";
    case ScopeKind::venue:
      return "venue:" + desk.venue(scope.place.venue).name;
    case ScopeKind::account:
      return "account:" + desk.venue(scope.place.venue).name + "/" + scope.place.account.str();
    case ScopeKind::book:
      return "book:" + scope.book.str();
    case ScopeKind::factor: {
      const FactorConfig& factor = desk.factor(scope.factor);
      return "factor:" + factor.name + (factor.whole_desk() ? "" : " of " + factor.book);
    }
  }
  return {};
}

}  // namespace ballast
