// What goes wrong between the verbs and a service, and that each error says what to do.
#include <string>

#include <gtest/gtest.h>

#include "client/service_script.hpp"

namespace ballast::testing {
namespace {

std::string said(const std::vector<Answer>& script,
                 const std::string& arguments,
                 const char* token = nullptr) {
  const Scratch scratch;
  const Receiver service(script);
  const Ended ended = ask(scratch, service, arguments, token);
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(ended.out, "");
  std::string text = ended.err;
  const std::string url = fmt::format("http://127.0.0.1:{}", service.port());
  for (std::size_t at; (at = text.find(url)) != std::string::npos;)
    text.replace(at, url.size(), "URL");
  return text;
}

TEST(Refusals, say_what_to_do) {
  EXPECT_EQ(
      said({problem(401, "no token")}, "positions"),
      "ballast: URL asks for a token; give one with --token-file, in BALLAST_TOKEN, or name the "
      "service's journal with --journal\n");
  EXPECT_EQ(said({problem(401, "unknown token")}, "positions", "stale"),
            "ballast: URL does not take the token of BALLAST_TOKEN: it is another service's, has "
            "expired or was revoked: unknown token\n");
  EXPECT_EQ(
      said({problem(403, "anna is viewer, and this needs trader")}, "kill desk --reason drill",
           "t"),
      "ballast: the token of BALLAST_TOKEN may not do that; use one of the role that it needs: "
      "anna is viewer, and this needs trader\n");
  EXPECT_EQ(said({problem(404, "no proposal p-9")}, "proposals approve p-9"),
            "ballast: there is no such thing: no proposal p-9\n");
  EXPECT_EQ(said({problem(409, "it is stopped already")}, "kill desk --reason drill"),
            "ballast: it contradicts the present state: it is stopped already\n");
  EXPECT_EQ(said({json_answer("{}"), problem(412, "it is v8")}, "target clear delta:BTC"),
            "ballast: somebody changed it meanwhile; look again and repeat: it is v8\n");
  EXPECT_EQ(
      said({problem(503, "draining")}, "positions"),
      "ballast: URL cannot answer now (it starts, drains, or its journal has failed); `ballast "
      "status` says which: draining\n");
}

TEST(Refusals, list_each_thing_that_is_wrong) {
  EXPECT_EQ(
      said({json_answer(R"({"detail":"2 fields","errors":[{"index":0,"detail":"target: no number"},
                                {"index":1,"detail":"band: reversed"}]})",
                        422)},
           "kill desk --reason drill"),
      "ballast: the service refuses it: 2 fields\n  target: no number\n  band: reversed\n");
}

TEST(Refusals, of_half_answers) {
  Answer half;
  half.kind = Answer::Kind::raw;
  half.body =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
      "900\r\n\r\n{\"items\":[";
  EXPECT_NE(said({half}, "positions").find("no answer from URL: "), std::string::npos);
  EXPECT_EQ(said({json_answer("<html>")}, "positions"),
            "ballast: what answers at URL is no Ballast service: its answer is no JSON\n");
  EXPECT_EQ(said({json_answer(R"({"ok":true})")}, "positions"),
            "ballast: URL/api/v1/positions answered no list\n");
  EXPECT_EQ(said({json_answer(R"({"items":[],"next":"again"})")}, "positions"),
            "ballast: URL/api/v1/positions answers one page for ever\n");
  Answer closed;
  closed.kind = Answer::Kind::reset;
  EXPECT_NE(said({closed}, "positions").find("is it running"), std::string::npos);
}

TEST(Refusals, when_nobody_listens) {
  const Scratch scratch;
  unsetenv("BALLAST_TOKEN");
  const Ended ended =
      run_ballast(scratch.path(), fmt::format("status --url http://127.0.0.1:{}", closed_port()));
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("is it running (`ballast run`), and is that its address (--url)?"),
            std::string::npos)
      << ended.err;
  EXPECT_EQ(run_ballast(scratch.path(), "status --url nonsense").code, 1);
}

TEST(Token, is_that_of_the_file_the_environment_or_beside_the_journal) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"items":[],"next":null})")});
  scratch.write("mine", "from-file \n");
  scratch.write("desk.db.token", "from-journal\n");
  const auto sent = [&](const std::string& arguments, const char* token) {
    EXPECT_EQ(ask(scratch, service, "positions " + arguments, token).code, 0);
    return service.taken().back().headers.at("authorization");
  };
  EXPECT_EQ(sent("--token-file mine --journal desk.db", "from-environment"), "Bearer from-file");
  EXPECT_EQ(sent("--journal desk.db", "from-environment"), "Bearer from-environment");
  EXPECT_EQ(sent("--journal desk.db", nullptr), "Bearer from-journal");
  const Ended missing = ask(scratch, service, "positions --token-file none");
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.err,
            "ballast: none: no token can be read from it; check the name, and who may read it\n");
}

TEST(Url, may_come_from_the_environment) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"items":[],"next":null})")});
  unsetenv("BALLAST_TOKEN");
  setenv("BALLAST_URL", fmt::format("http://127.0.0.1:{}/", service.port()).c_str(), 1);
  EXPECT_EQ(run_ballast(scratch.path(), "positions").code, 0);
  unsetenv("BALLAST_URL");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/positions");
}

}  // namespace
}  // namespace ballast::testing
