// The devices of the member, and the words of recovery.
#include "home_impl.hpp"
#include "muistio/space/device_link.hpp"
#include "muistio/transport/server.hpp"

namespace muistio::home {

Result<std::string> Home::link_device(bool shown_in_person) {
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_TRY(auto url, server());
  if (url.empty()) return fail(ErrorCode::invalid_state, "no server is known: name one with init --server");
  sync::DeviceLinkOptions options;
  options.server = url.substr(std::string_view("wss://").size());
  MUISTIO_TRY(options.name, own_name());
  options.shown_in_person = shown_in_person;
  MUISTIO_TRY(auto made, impl_->engine->link_device(options));
  return std::move(made.link);
}

Result<std::vector<std::string>> Home::device_codes() { return impl_->engine->device_codes(); }

Status Home::confirm_device(std::string_view code) {
  MUISTIO_CHECK(impl_->require_identity());
  return impl_->engine->confirm_device(code);
}

Status Home::follow_device_link(std::string_view link, std::string_view ca_pem) {
  MUISTIO_TRY(auto parsed, space::DeviceLink::parse(link));
  MUISTIO_TRY(auto server, transport::parse_server("wss://" + parsed.server));
  if (is_initialised()) return fail(ErrorCode::already_exists, "the home has a member already");
  if (!impl_->engine->follow_device_link(link)) return fail(ErrorCode::already_exists, "the home is not empty");
  return impl_->set_server(server.url(), ca_pem);
}

Status Home::remove_device(std::string_view wanted) {
  MUISTIO_TRY(auto all, devices());
  std::vector<std::string> found;
  if (const auto prefix = id_prefix(wanted))
    for (const auto& device : all)
      if (const auto hex = device.id.hex(); hex.compare(0, prefix->size(), *prefix) == 0) found.push_back(hex);
  MUISTIO_TRY(auto id, pick(found, "device"));
  MUISTIO_TRY(auto device, DeviceId::parse(id));
  return impl_->engine->remove_device(device);
}

Result<SecretBytes> Home::recovery_words() {
  MUISTIO_CHECK(impl_->require_identity());
  MUISTIO_TRY(auto words, impl_->engine->recovery_words());
  if (!words) return fail(ErrorCode::absent, "the words are not on this device (any more)");
  return std::move(*words);
}

Status Home::recover(std::string_view words, std::string_view server, std::string_view ca_pem) {
  MUISTIO_TRY(auto parsed, transport::parse_server(server));
  MUISTIO_CHECK(impl_->engine->recover(words));
  return impl_->set_server(parsed.url(), ca_pem);
}

Status Home::forget_recovery_words() {
  MUISTIO_CHECK(impl_->require_identity());
  return impl_->engine->forget_recovery_words();
}

}  // namespace muistio::home
