// Welcome, GroupSecrets and GroupInfo (RFC 9420 §8.4, §12.4.3, §12.4.3.1).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
struct Joining {
  explicit Joining(std::size_t size = 3, std::size_t inviter = 1, Recipe recipe = {})
      : party(size), dirk(party.package("Dirk")), invitation(party[inviter], dirk, std::move(recipe)) {}
  void judge(Trial& trial, const WelcomeRecipe& good, const WelcomeRecipe& bad, std::string_view because = {}) {
    trial.judges([&](const Bytes& welcome) { return Group::join(welcome, dirk, std::nullopt, psk_holder()); },
                 invitation.welcome(good), invitation.welcome(bad), because);
  }
  void judge(Trial& trial, const WelcomeRecipe& bad, std::string_view because = {}) { judge(trial, {}, bad, because); }
  void judge_info(Trial& trial, Change<GroupInfo> change, std::string_view because = {}) {
    WelcomeRecipe bad;
    bad.info = std::move(change);
    judge(trial, bad, because);
  }
  void judge_secrets(Trial& trial, Change<GroupSecrets> change, std::string_view because = {}) {
    WelcomeRecipe bad;
    bad.secrets = std::move(change);
    judge(trial, bad, because);
  }
  void judge_welcome(Trial& trial, Change<Welcome> change, std::string_view because = {}) {
    WelcomeRecipe bad;
    bad.welcome = std::move(change);
    judge(trial, bad, because);
  }
  void judge_tag(Trial& trial, Change<Bytes> change) {
    WelcomeRecipe bad;
    bad.confirmation_tag = std::move(change);
    judge(trial, bad);
  }

  Party party;
  KeyPackagePrivate dirk;
  Invitation invitation;
};
PreSharedKeyID lineage(ResumptionPSKUsage usage, std::uint8_t number) {
  auto id = psk_id(number);
  id.psktype = PSKType::resumption;
  id.usage = usage;
  id.psk_id.clear();
  id.psk_group_id = {7};
  return id;
}
WelcomeRecipe with_psks(std::vector<PreSharedKeyID> ids) {
  WelcomeRecipe recipe;
  recipe.psk_ids = std::move(ids);
  recipe.psks = psk_holder();
  return recipe;
}
}  // namespace

RULE("12.4.3.1", mls_no_matching_key_package, "a Welcome for another key package") {
  Joining joining;
  const auto other = joining.party.package("Els");
  joining.judge_welcome(trial, [&](Welcome& welcome) { welcome.secrets[0].new_member = other.key_package.ref(); });
}

RULE("12.4.3.1", mls_unsupported_suite, "a Welcome of another cipher suite") {
  Joining joining;
  joining.judge_welcome(trial, [](Welcome& welcome) { welcome.cipher_suite = static_cast<CipherSuite>(1); });
}

RULE("12.4.3.1", mls_unsupported_suite, "a GroupInfo of another cipher suite than the key package's") {
  Joining joining;
  WelcomeRecipe bad;
  bad.context = [](GroupContext& context) { context.cipher_suite = static_cast<CipherSuite>(1); };
  joining.judge(trial, bad, "the group info");
}

RULE("12.4.3.1", mls_unsupported_suite, "a GroupInfo of another protocol version") {
  Joining joining;
  WelcomeRecipe bad;
  bad.context = [](GroupContext& context) { context.version = static_cast<ProtocolVersion>(2); };
  joining.judge(trial, bad, "the group info");
}

RULE("12.4.3.1", decryption_failed, "group secrets that are garbled") {
  Joining joining;
  joining.judge_welcome(trial, [](Welcome& welcome) { welcome.secrets[0].encrypted_group_secrets.ciphertext[0] ^= 1; });
}

RULE("12.4.3.1", decryption_failed, "group secrets that are encrypted under another label") {
  Joining joining;
  WelcomeRecipe bad;
  bad.label = "UpdatePathNode";
  joining.judge(trial, bad);
}

RULE("12.4.3.1", decryption_failed, "group secrets beside another encrypted group info than theirs") {
  Joining joining;
  joining.judge_welcome(trial, [](Welcome& welcome) { welcome.encrypted_group_info.back() ^= 1; });
}

RULE("12.4.3.1", decryption_failed, "group secrets whose joiner secret does not open the group info") {
  Joining joining;
  joining.judge_secrets(trial, [](GroupSecrets& secrets) { secrets.joiner_secret.expose_mutable()[0] ^= 1; });
}

RULE("12.4.3.1", malformed, "a joiner secret of the wrong length") {
  Joining joining;
  joining.judge_secrets(trial, [](GroupSecrets& secrets) { secrets.joiner_secret = SecretBytes(Bytes(31, 1)); });
}

RULE("12.4.3.1", malformed, "a path secret of the wrong length in a Welcome") {
  Joining joining;
  joining.judge_secrets(trial, [](GroupSecrets& secrets) { secrets.path_secret->path_secret = SecretBytes(Bytes(33, 1)); });
}

RULE("12.4.3.1", mls_path_decryption, "a path secret in a Welcome that does not lead to the tree's keys") {
  Joining joining;
  joining.judge_secrets(trial, [](GroupSecrets& secrets) { secrets.path_secret->path_secret.expose_mutable()[0] ^= 1; });
}

RULE("12.4.3.1", mls_invalid_group_info, "a path secret in a Welcome for a node that is blank") {
  Recipe bare;
  bare.with_path = false;
  Joining joining(7, 6, bare);
  joining.judge_secrets(
      trial, [](GroupSecrets& secrets) { secrets.path_secret.emplace(PathSecret{SecretBytes(Bytes(32, 1))}); },
      "where the path secret");
}

RULE("2.1.2", malformed, "group secrets with a byte too many") {
  Joining joining;
  WelcomeRecipe bad;
  bad.secrets_bytes = [](Bytes& bytes) { bytes.push_back(0); };
  joining.judge(trial, bad);
}

RULE("2.1.2", malformed, "a group info with a byte too many") {
  Joining joining;
  WelcomeRecipe bad;
  bad.info_bytes = [](Bytes& bytes) { bytes.push_back(0); };
  joining.judge(trial, bad);
}

RULE("12.4.3.1", mls_invalid_group_info, "a group info that another member than its signer signed") {
  Joining joining;
  WelcomeRecipe bad;
  bad.signing_key = joining.party[2].signing_key().clone();
  joining.judge(trial, bad, "the signature");
}

RULE("12.4.3", mls_invalid_group_info, "a group info that is signed under another label") {
  Joining joining;
  const auto sign = [&](const char* label) {
    WelcomeRecipe recipe;
    recipe.signature = [&joining, label](const GroupInfo& info) {
      return sign_with_label(joining.party[1].signing_key(), label, without_signature(info));
    };
    return recipe;
  };
  joining.judge(trial, sign("GroupInfoTBS"), sign("FramedContentTBS"), "the signature");
}

RULE("12.4.3.1", mls_invalid_group_info, "a group info without a signature") {
  Joining joining;
  WelcomeRecipe bad;
  bad.signature = [](const GroupInfo&) { return Bytes(); };
  joining.judge(trial, bad, "the signature");
}

RULE("12.4.3.1", mls_invalid_group_info, "a group info whose signer is a blank leaf") {
  Joining joining(5);
  joining.judge_info(
      trial, [](GroupInfo& info) { info.signer = LeafIndex(7); }, "the signer is not a member");
}

RULE("12.4.3.1", mls_invalid_group_info, "a group info whose signer lies beyond the tree") {
  Joining joining;
  joining.judge_info(
      trial, [](GroupInfo& info) { info.signer = LeafIndex(4000000000U); }, "the signer is not a member");
}

RULE("12.4.3.1", mls_bad_confirmation, "a group info with a confirmation tag of one bit changed") {
  Joining joining;
  joining.judge_tag(trial, [](Bytes& tag) { tag[0] ^= 1; });
}

RULE("12.4.3.1", mls_bad_confirmation, "a group info with a confirmation tag cut short") {
  Joining joining;
  joining.judge_tag(trial, [](Bytes& tag) { tag.pop_back(); });
}

RULE("12.4.3.1", mls_bad_confirmation, "a group info with an empty confirmation tag") {
  Joining joining;
  joining.judge_tag(trial, [](Bytes& tag) { tag.clear(); });
}

RULE("12.4.3.1", mls_invalid_group_info, "a Welcome into a tree without the newcomer's leaf") {
  Joining joining;
  const auto good = joining.invitation.welcome();
  const auto els = joining.party.package("Els");
  Invitation other(joining.party[1], els);
  other.package = &joining.dirk;
  trial.judges([&](const Bytes& welcome) { return Group::join(welcome, joining.dirk); }, good, other.welcome(),
               "is not in the tree");
}

RULE("13.4", mls_invalid_group_info, "a group info with an extension twice") {
  Joining joining;
  joining.judge_info(
      trial, [](GroupInfo& info) { info.extensions.push_back(info.extensions.front()); }, "occurs twice");
}

RULE("13.4", mls_invalid_group_info, "a group context with an extension twice") {
  Joining joining;
  WelcomeRecipe bad;
  bad.context = [](GroupContext& context) { context.extensions.push_back(context.extensions.back()); };
  joining.judge(trial, bad, "occurs twice");
}

RULE("12.4.3.1", mls_missing_psk, "a Welcome with a PSK that the newcomer does not hold") {
  Joining joining;
  const auto welcome = joining.invitation.welcome(with_psks({psk_id(1)}));
  const auto judge = [&](const PskLookup& psks) { return Group::join(welcome, joining.dirk, std::nullopt, psks); };
  trial.judges(judge, psk_holder(), PskLookup([](const PreSharedKeyID&) { return std::nullopt; }));
}

RULE("8.4", decryption_failed, "a Welcome whose PSKs are in another order than the commit's") {
  Joining joining;
  const auto good = with_psks({psk_id(1), psk_id(2)});
  auto bad = with_psks({psk_id(1), psk_id(2)});
  bad.secrets = [](GroupSecrets& secrets) { std::swap(secrets.psks[0], secrets.psks[1]); };
  joining.judge(trial, good, bad);
}

RULE("8.4", mls_invalid_group_info, "a Welcome with a PSK whose nonce is too short") {
  Joining joining;
  auto bad = psk_id(1);
  bad.psk_nonce.pop_back();
  joining.judge(trial, with_psks({psk_id(1)}), with_psks({bad}), "the nonce");
}

RULE("12.2", mls_invalid_group_info, "a Welcome with one PreSharedKeyID twice") {
  Joining joining;
  joining.judge(trial, with_psks({psk_id(1), psk_id(2)}), with_psks({psk_id(1), psk_id(1)}), "twice");
}

RULE("12.4.3.1", mls_invalid_group_info, "a Welcome with two PSKs of former groups") {
  Joining joining(1, 0);
  joining.judge(trial, with_psks({lineage(ResumptionPSKUsage::application, 1)}),
                with_psks({lineage(ResumptionPSKUsage::branch, 1), lineage(ResumptionPSKUsage::branch, 2)}), "more than one PSK");
}
