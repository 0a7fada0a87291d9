#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"
#include "adapters/config/service.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

void read_hosts(const Section& section, std::vector<std::string>& out) {
  const TomlNode* const hosts = section.node("hosts", TomlNode::Kind::array);
  if (hosts == nullptr) return;
  for (const TomlNode& host : hosts->items) {
    const bool name = host.kind == TomlNode::Kind::string && !host.text.empty() &&
                      host.text.find_first_of("/:@ ") == std::string::npos;
    if (!name) {
      section.error(host.at, "a host is a name without scheme and port, such as \"desk.example\"");
    } else {
      out.push_back(host.text);
    }
  }
}

void read_tls(const Section& service, ServiceConfig::Tls& out) {
  const TomlNode* const node = service.node("tls", TomlNode::Kind::table);
  if (node == nullptr) return;
  const Section section(*node, "service.tls", config_keys::service_tls, service.problems());
  section.require("certificate", "\"/etc/ballast/desk.crt\"");
  section.require("key", "\"/etc/ballast/desk.key\"");
  if (const auto file = section.text("certificate")) out.certificate = file->value;
  if (const auto file = section.text("key")) out.key = file->value;
}

/// What each instrument says of itself, or else the table of all.
void read_conflation(const TomlNode& root,
                     Duration of_all,
                     std::vector<Duration>& out,
                     Problems& problems) {
  const TomlMember* const instruments = root.find("instruments");
  if (instruments == nullptr) return;
  for (const TomlNode& node : instruments->value.items) {
    TomlNode said;  // its other keys are the desk's
    said.at = node.at;
    for (const TomlMember& member : node.members) {
      if (member.key == "name" || member.key == "conflate") said.members.push_back(member);
    }
    const Section section(said, "instrument", config_keys::instrument, problems);
    out.push_back(of_all);
    read_span(section, "conflate", out.back(), true);
  }
}

}  // namespace

void read_service(const TomlNode& root, ServiceConfig& service, Problems& problems) {
  Duration conflate{};
  if (const TomlMember* const member = root.find("service")) {
    if (member->value.kind != TomlNode::Kind::table) {
      return problems.error(member->at, "service must be a table; write [service]");
    }
    const Section section(member->value, "service", config_keys::service, problems);
    if (const auto listen = section.text("listen")) {
      service.listen = listen->value;
      if (const auto good = parse_listen(listen->value); !good)
        section.error(listen->at, good.error().what);
    }
    read_hosts(section, service.hosts);
    read_span(section, "conflate", conflate, true);
    read_span(section, "max_ahead", service.max_ahead, true);
    read_span(section, "silent_after", service.silent_after);
    read_span(section, "tick", service.tick);
    if (const auto queue = section.count("queue")) {
      service.queue = queue->value;
      if (queue->value == 0) section.error(queue->at, "queue must be greater than zero");
    }
    read_tls(section, service.tls);
  }
  read_conflation(root, conflate, service.conflate, problems);
}

bool ListenAddress::loopback() const { return is_loopback(address); }

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto wrong = [&] {
    return fail(Errc::bad_input,
                fmt::format("\"{}\" is no address to listen on; write ADDRESS:PORT, such as "
                            "127.0.0.1:8420 or [::1]:8420",
                            text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view address = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress listen;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) return wrong();
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string_view::npos) {
    return wrong();
  }
  if (address.empty()) return wrong();
  listen.address = address;
  return listen;
}

}  // namespace ballast
