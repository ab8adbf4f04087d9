// The devices of this member, and recovery.
#include "muistio/c/devices.h"

#include "call.hpp"

using namespace muistio::c;

extern "C" {

muistio_status muistio_device_list(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.devices(); });
}

muistio_status muistio_device_link(muistio_client* client, bool shown_in_person, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [&](muistio::Client& on) { return on.link_device(shown_in_person); });
}

muistio_status muistio_device_follow_link(muistio_client* client, const char* link, const char* ca_pem, MUISTIO_THEN) {
  Taking take;
  auto given = take.text(link), authorities = take.text(ca_pem);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.follow_device_link(given, authorities); });
}

muistio_status muistio_device_codes(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.device_codes(); });
}

muistio_status muistio_device_confirm(muistio_client* client, const char* code, MUISTIO_THEN) {
  Taking take;
  auto digits = take.text(code);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.confirm_device(digits); });
}

muistio_status muistio_device_remove(muistio_client* client, const char* device, MUISTIO_THEN) {
  Taking take;
  auto named = take.text(device);
  return begin(client, take, {done, user, call}, [&](muistio::Client& on) { return on.remove_device(named); });
}

muistio_status muistio_recovery_words(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.recovery_words(); });
}

muistio_status muistio_recovery_begin(muistio_client* client, const char* words, const char* server, const char* ca_pem,
                                      MUISTIO_THEN) {
  Taking take;
  auto said = take.text(words);
  auto secret = muistio::SecretBytes::copy_of(muistio::as_bytes(said));
  muistio::wipe({reinterpret_cast<std::uint8_t*>(said.data()), said.size()});
  auto at = take.text(server), authorities = take.text(ca_pem);
  return begin(client, take, {done, user, call},
               [&](muistio::Client& on) { return on.recover(std::move(secret), at, authorities); });
}

muistio_status muistio_recovery_forget(muistio_client* client, MUISTIO_THEN) {
  return begin(client, {done, user, call}, [](muistio::Client& on) { return on.forget_recovery_words(); });
}
}
