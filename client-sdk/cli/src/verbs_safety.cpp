#include "verbs.hpp"

namespace muistio::cli {

int run_check(Context context) {
  MUISTIO_VERB(const auto checked, context.client.check().get());
  context.out.checked(checked);
  return checked.damaged.empty() ? kDone : kRefused;
}

int run_backup(Context context) {
  MUISTIO_VERB_DO(context.client.backup(context.arguments.out).get());
  context.out.wrote(context.arguments.out);
  context.out.say("it opens with the passphrase of this home; without one, with the key in its file device.key: keep it safe");
  return kDone;
}

int run_restore(const Arguments& arguments, const Output& out, ClientOptions options) {
  if (auto restored = Client::restore(std::move(options), arguments.file); !restored) return out.refuse(restored.error());
  out.wrote(arguments.home.string());
  out.say("the next sync looks whether this device did anything after the backup; then it goes on as another device");
  return kDone;
}

}  // namespace muistio::cli
