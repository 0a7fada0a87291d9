// What every change has in common: it is prepared on the desk's thread, where it is judged against
// the desk as it is then, applied in the same turn with its audit record, and answered when
// durable; with ?dry_run=true it is prepared and answered, and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/api/routes/handlers.hpp"

namespace ballast::api {

/// What is to be done.
struct Plan {
  PlannedChange change;
  std::string secret;  // `token` of the answer, which shows it this once

  Plan(PlannedChange planned, std::string told = {})  // NOLINT: most plans have no secret
      : change(std::move(planned)), secret(std::move(told)) {}
};
/// Says what would be done, or answers why it is not.
using Prepare = std::function<tl::expected<Plan, Response>(const DeskView&, const Request&)>;

/// A row whose handler reads `known` fields from the body and prepares on the desk's thread.
Route changes(const RouteContext& context,
              Method method,
              std::string pattern,
              Permission needs,
              std::string about,
              std::string request_schema,
              Prepare prepare);

/// ?dry_run=true; anything but true and false is 400.
tl::expected<bool, Response> dry_run_of(const Request& request);

/// The body of a change; 400 names what is wrong with it.
tl::expected<Body, Response> body_of(const Request& request,
                                     std::initializer_list<std::string_view> known);
/// A field of a body, or 400.
template <class T>
tl::expected<T, Response> field(Result<T> read) {
  if (read) return std::move(*read);
  return tl::unexpected(problem(400, "bad_field", read.error().what));
}
/// The reason: required where `required`; at most as long as a note can be. 400, 422.
tl::expected<std::string, Response> reason_of(const Body& body, bool required);
/// Texts that become notes are at most as long as one.
inline Note note(std::string_view text) {
  return Note::create(text.substr(0, Note::capacity)).value_or(Note{});
}

/// If-Match against the present version: 428 without, 412 when it is another.
tl::expected<std::monostate, Response> matches(const Request& request, std::uint64_t version);
/// 422: well-formed, and refused.
Response refused(std::string_view code, std::string_view detail);

}  // namespace ballast::api
