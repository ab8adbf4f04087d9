#include <iostream>

#include "verbs.hpp"

namespace muistio::cli {

int run_device_list(Context context) {
  MUISTIO_VERB(auto devices, context.client.devices().get());
  std::vector<Item> items;
  for (const auto& device : devices) {
    Item item{device.id.hex(), device.name, device.author, {}, 0, {}, {}};
    item.flags = {{"self", device.self}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_device_link(Context context) {
  const auto& a = context.arguments;
  if (!a.link.empty()) {
    MUISTIO_VERB(auto ca, read_ca(a.ca_file));
    MUISTIO_VERB_DO(context.client.follow_device_link(a.link, ca).get());
    context.out.done({});
    context.out.say("it asks at the next sync; after two syncs of both they show six digits to compare");
    return kDone;
  }
  MUISTIO_VERB(auto made, context.client.link_device(a.qr).get());
  context.out.link(made, {});
  if (a.qr && !draw_qr(made)) context.out.say("the link does not fit a QR code");
  context.out.say(a.qr ? "the first device that follows it becomes yours: show it to nobody; it is good for a day"
                       : "a device that follows it becomes yours when you have compared six digits; it is good for a day");
  return kDone;
}

int run_device_confirm(Context context) {
  const auto& a = context.arguments;
  if (a.code.empty()) {
    MUISTIO_VERB(auto codes, context.client.device_codes().get());
    std::vector<Item> items;
    for (auto& code : codes) items.push_back({std::move(code), {}, {}, {}, 0, {}, {}});
    if (context.out.json()) return context.out.items(items), kDone;
    for (const auto& item : items) context.out.id(item.id);  // the digits alone, a line each
    return kDone;
  }
  MUISTIO_VERB_DO(context.client.confirm_device(a.code).get());
  context.out.done({});
  return kDone;
}

int run_device_remove(Context context) {
  MUISTIO_VERB_DO(context.client.remove_device(context.arguments.id).get());
  context.out.done(context.arguments.id);
  return kDone;
}

int run_device_words(Context context) {
  if (context.arguments.forget) {
    MUISTIO_VERB_DO(context.client.forget_recovery_words().get());
    context.out.done({});
    return kDone;
  }
  MUISTIO_VERB(auto words, context.client.recovery_words().get());
  context.out.id(std::string(as_text(words.expose())));
  context.out.say("write these 24 words on paper: with them alone a lost home comes back, and whoever reads them is you");
  return kDone;
}

int run_recover(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto ca, read_ca(a.ca_file));
  MUISTIO_VERB(auto text, read_text(a.file.empty() ? "-" : a.file));
  auto words = SecretBytes::copy_of(as_bytes(text));
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  MUISTIO_VERB_DO(context.client.recover(std::move(words), a.server, ca).get());
  context.out.done({});
  context.out.say("the next sync looks for what can be brought back; a host of each club lets you in");
  return kDone;
}

}  // namespace muistio::cli
