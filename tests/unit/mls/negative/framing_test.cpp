// How messages are framed, signed, MACed and encrypted (RFC 9420 §6, §9).
#include "forge.hpp"
#include "rules.hpp"

using namespace muistio;
using namespace muistio::mls;
using namespace muistio::mls::test;

namespace {
// Member 2 of four opens what member 1 sends.
struct Sending {
  Party party{4};
  Forger forger{party[1]};

  AuthenticatedContent application() const { return forger.frame(ApplicationData{{1, 2, 3}}, true); }
  AuthenticatedContent proposal(bool is_private) const { return forger.frame(Proposal{Remove{LeafIndex(3)}}, is_private); }
  void judge(Trial& trial, const Bytes& good, const Bytes& bad, std::string_view because = {}) {
    trial.judges([&](const Bytes& message) { return party[2].peek(message); }, good, bad, because);
  }
  void judge_envelope(Trial& trial, const Envelope& bad, std::string_view because = {}) {
    judge(trial, forger.protect(application()), forger.protect(application(), bad), because);
  }
  // The same content, framed otherwise and signed again.
  void judge_content(Trial& trial, bool is_private, const Change<FramedContent>& change, std::string_view because = {}) {
    auto bad = proposal(is_private);
    change(bad.content);
    bad.sign(forger.signing_key, forger.context);
    judge(trial, forger.protect(proposal(is_private)), forger.protect(bad), because);
  }
  void judge_signature(Trial& trial, bool is_private, const std::function<Bytes(const AuthenticatedContent&)>& sign) {
    auto bad = proposal(is_private);
    bad.auth.signature = sign(bad);
    judge(trial, forger.protect(proposal(is_private)), forger.protect(bad));
  }
  void judge_bytes(Trial& trial, const Change<Bytes>& change, std::string_view because = {}) {
    const auto good = forger.protect(proposal(false));
    auto bad = good;
    change(bad);
    judge(trial, good, bad, because);
  }
};
}  // namespace

RULE("6.1", bad_signature, "a public message that is signed by another member's key") {
  Sending sending;
  sending.judge_signature(trial, false, [&](const AuthenticatedContent& content) {
    return sign_with_label(sending.party[3].signing_key(), "FramedContentTBS", content.to_be_signed(sending.forger.context));
  });
}

RULE("6.1", bad_signature, "a private message that is signed by another member's key") {
  Sending sending;
  sending.judge_signature(trial, true, [&](const AuthenticatedContent& content) {
    return sign_with_label(sending.party[3].signing_key(), "FramedContentTBS", content.to_be_signed(sending.forger.context));
  });
}

RULE("6.1", bad_signature, "a message that is signed under another label") {
  Sending sending;
  sending.judge_signature(trial, false, [&](const AuthenticatedContent& content) {
    return sign_with_label(sending.forger.signing_key, "LeafNodeTBS", content.to_be_signed(sending.forger.context));
  });
}

RULE("6.1", bad_signature, "a message that is signed for another group context") {
  Sending sending;
  sending.judge_signature(trial, false, [&](const AuthenticatedContent& content) {
    auto context = sending.forger.context;
    context.tree_hash[0] ^= 1;
    return sign_with_label(sending.forger.signing_key, "FramedContentTBS", content.to_be_signed(context));
  });
}

RULE("6.1", bad_signature, "a message that was signed for another wire format") {
  Sending sending;
  sending.judge_signature(trial, true, [&](const AuthenticatedContent& content) {
    auto as_public = content;
    as_public.wire_format = WireFormat::mls_public_message;
    return sign_with_label(sending.forger.signing_key, "FramedContentTBS", as_public.to_be_signed(sending.forger.context));
  });
}

RULE("6.1", bad_signature, "a message with a signature cut short") {
  Sending sending;
  sending.judge_signature(trial, false, [](const AuthenticatedContent& content) {
    auto cut = content.auth.signature;
    cut.pop_back();
    return cut;
  });
}

RULE("6.1", bad_signature, "a message with an empty signature") {
  Sending sending;
  sending.judge_signature(trial, false, [](const AuthenticatedContent&) { return Bytes(); });
}

RULE("6.2", mls_bad_membership, "a public message with a membership tag of one bit changed") {
  Sending sending;
  Envelope bad;
  bad.membership_tag = [](Bytes& tag) { tag[31] ^= 1; };
  sending.judge(trial, sending.forger.protect(sending.proposal(false)), sending.forger.protect(sending.proposal(false), bad));
}

RULE("6.2", mls_bad_membership, "a public message with a membership tag cut short") {
  Sending sending;
  Envelope bad;
  bad.membership_tag = [](Bytes& tag) { tag.pop_back(); };
  sending.judge(trial, sending.forger.protect(sending.proposal(false)), sending.forger.protect(sending.proposal(false), bad));
}

RULE("6.2", mls_bad_membership, "a public message with an empty membership tag") {
  Sending sending;
  Envelope bad;
  bad.membership_tag = [](Bytes& tag) { tag.clear(); };
  sending.judge(trial, sending.forger.protect(sending.proposal(false)), sending.forger.protect(sending.proposal(false), bad));
}

RULE("6.2", mls_bad_membership, "a public message whose membership tag does not cover its signature") {
  Sending sending;
  const auto good = sending.forger.protect(sending.proposal(false));
  auto message = std::get<PublicMessage>(need(decoded<MLSMessage>(good)).content);
  message.auth.signature[0] ^= 1;
  sending.judge(trial, good, to_message(message));
}

RULE("6", malformed, "application data in a public message") {
  Sending sending;
  auto bad = sending.forger.frame(ApplicationData{{1}}, false);
  sending.judge(trial, sending.forger.protect(sending.application()), sending.forger.protect(bad), "application data");
}

RULE("6", mls_wrong_group, "a public message of another group") {
  Sending sending;
  sending.judge_content(trial, false, [](FramedContent& content) { content.group_id.push_back(1); });
}

RULE("6.3.1", mls_wrong_group, "a private message of another group") {
  Sending sending;
  sending.judge_content(trial, true, [](FramedContent& content) { content.group_id.push_back(1); });
}

RULE("12.4.2", mls_wrong_epoch, "a public message of a later epoch") {
  Sending sending;
  sending.judge_content(trial, false, [](FramedContent& content) { content.epoch = content.epoch.next(); });
}

RULE("12.4.2", mls_wrong_epoch, "a private message of a later epoch") {
  Sending sending;
  sending.judge_content(trial, true, [](FramedContent& content) { content.epoch = content.epoch.next(); });
}

RULE("12.4.2", mls_wrong_epoch, "a commit that was applied already") {
  Party party(4);
  const auto message = Forger(party[1]).commit({}).message;
  trial.accepts(receive(party[2], message));
  party[2] = need(receive(party[2], message));
  trial.refuses(receive(party[2], message));
}

RULE("6.2", mls_invalid_sender, "a public message from a blank leaf") {
  Party party(5);
  const Forger good(party[1]);
  Forger ghost(party[1]);
  ghost.sender.leaf_index = LeafIndex(6);
  trial.judges([&](const Sent& sent) { return party[2].peek(sent.message); }, good.propose({Remove{LeafIndex(3)}}),
               ghost.propose({Remove{LeafIndex(3)}}), "a blank leaf");
}

RULE("6.3.2", mls_invalid_sender, "a private message from a blank leaf") {
  Party party(5);
  const Forger good(party[1]);
  Forger ghost(party[1]);
  ghost.sender.leaf_index = LeafIndex(6);
  const auto send = [](const Forger& forger) { return forger.protect(forger.frame(ApplicationData{{1}}, true)); };
  trial.judges([&](const Bytes& message) { return party[2].peek(message); }, send(good), send(ghost), "a blank leaf");
}

RULE("6.3.2", mls_invalid_sender, "a private message from a leaf beyond the tree") {
  Sending sending;
  Envelope bad;
  bad.claimed_leaf = LeafIndex(0xffffffff);
  sending.judge_envelope(trial, bad, "no such leaf");
}

RULE("6.3.1", decryption_failed, "a private message in another member's name") {
  Sending sending;
  Envelope bad;
  bad.claimed_leaf = LeafIndex(3);
  sending.judge_envelope(trial, bad);
}

RULE("6.3.1", decryption_failed, "a private message with a ciphertext of one bit changed") {
  Sending sending;
  Envelope bad;
  bad.private_message = [](PrivateMessage& message) { message.ciphertext.back() ^= 1; };
  sending.judge_envelope(trial, bad);
}

RULE("6.3.1", decryption_failed, "a private message with other authenticated data") {
  Sending sending;
  Envelope bad;
  bad.private_message = [](PrivateMessage& message) { message.authenticated_data = {1}; };
  sending.judge_envelope(trial, bad);
}

RULE("6.3.1", decryption_failed, "a private message that says to hold another kind of content") {
  Sending sending;
  Envelope bad;
  bad.private_message = [](PrivateMessage& message) { message.content_type = ContentType::proposal; };
  sending.judge_envelope(trial, bad);
}

RULE("6.3.2", decryption_failed, "a private message with garbled sender data") {
  Sending sending;
  Envelope bad;
  bad.private_message = [](PrivateMessage& message) { message.encrypted_sender_data[0] ^= 1; };
  sending.judge_envelope(trial, bad);
}

RULE("6.3.2", decryption_failed, "a private message with no ciphertext at all") {
  Sending sending;
  Envelope bad;
  bad.private_message = [](PrivateMessage& message) { message.ciphertext.clear(); };
  sending.judge_envelope(trial, bad);
}

RULE("6.3.1", malformed, "padding that is not all zero") {
  Sending sending;
  Envelope bad;
  bad.padding.back() = 1;
  sending.judge_envelope(trial, bad, "padding");
}

RULE("6.3.1", malformed, "a private message whose content is cut short") {
  Sending sending;
  Envelope good, bad;
  good.padding.clear();
  bad.padding.clear();
  bad.plaintext = [](Bytes& plaintext) { plaintext.pop_back(); };
  sending.judge(trial, sending.forger.protect(sending.application(), good), sending.forger.protect(sending.application(), bad));
}

RULE("9.1", decryption_failed, "an application message under a handshake key") {
  Sending sending;
  Envelope bad;
  bad.ratchet = SecretTree::Kind::handshake;
  sending.judge_envelope(trial, bad);
}

RULE("9.1", decryption_failed, "a message under the key of another generation than it says") {
  Sending sending;
  Envelope bad;
  bad.claimed_generation = 1;
  sending.judge_envelope(trial, bad);
}

RULE("9.1", mls_secret_consumed, "a message of generation 0xffffffff") {
  Sending sending;
  Envelope bad;
  bad.claimed_generation = 0xffffffff;
  sending.judge_envelope(trial, bad);
}

RULE("15.3", mls_secret_consumed, "a message further ahead than the bound") {
  Sending sending;
  Envelope good, bad;
  good.generation = kGenerationsAheadMax;
  bad.claimed_generation = kGenerationsAheadMax + 1;
  sending.judge(trial, sending.forger.protect(sending.application(), good), sending.forger.protect(sending.application(), bad));
}

RULE("9.2", mls_secret_consumed, "a message that was opened already") {
  Sending sending;
  const auto message = sending.forger.protect(sending.application());
  trial.accepts(sending.party[2].open(message));
  trial.refuses(sending.party[2].open(message));
  Envelope next;
  next.generation = 1;
  trial.accepts(sending.party[2].open(sending.forger.protect(sending.application(), next)));
}

RULE("9.2", mls_secret_consumed, "another message under a generation that was used") {
  Sending sending;
  trial.accepts(sending.party[2].open(sending.forger.protect(sending.application())));
  trial.refuses(sending.party[2].open(sending.forger.protect(sending.forger.frame(ApplicationData{{9}}, true))));
}

RULE("6", unsupported_version, "a message of another protocol version") {
  Sending sending;
  sending.judge_bytes(trial, [](Bytes& bytes) { bytes[1] = 2; });
}

RULE("6", malformed, "a message of an unknown wire format") {
  Sending sending;
  sending.judge_bytes(
      trial, [](Bytes& bytes) { bytes[3] = 9; }, "an unknown wire format");
}

RULE("6", malformed, "a message that is no group message") {
  Sending sending;
  const auto package = sending.party.package("Dirk");
  sending.judge(trial, sending.forger.protect(sending.application()), package.key_package.message(),
                "neither a public nor a private");
}

RULE("6", malformed, "a message with a byte too many") {
  Sending sending;
  sending.judge_bytes(trial, [](Bytes& bytes) { bytes.push_back(0); });
}

RULE("6", malformed, "a message that is cut short") {
  Sending sending;
  sending.judge_bytes(trial, [](Bytes& bytes) { bytes.pop_back(); });
}

RULE("6", malformed, "a message from an unknown kind of sender") {
  Sending sending;
  // version, wire format, group_id<V>, epoch, then the sender's type
  const auto at = 4 + 1 + sending.forger.context.group_id.size() + 8;
  sending.judge_bytes(
      trial, [at](Bytes& bytes) { bytes[at] = 5; }, "an unknown enum value");
}

RULE("6", malformed, "a message of an unknown kind of content") {
  Sending sending;
  // … then the sender's type and index, and no authenticated data
  const auto at = 4 + 1 + sending.forger.context.group_id.size() + 8 + 5 + 1;
  sending.judge_bytes(
      trial, [at](Bytes& bytes) { bytes[at] = 4; }, "an unknown enum value");
}

RULE("12.1", malformed, "a proposal of a type that nobody knows") {
  Sending sending;
  const auto at = 4 + 1 + sending.forger.context.group_id.size() + 8 + 5 + 1 + 1;
  sending.judge_bytes(
      trial, [at](Bytes& bytes) { bytes[at + 1] = 0x7f; }, "a proposal of an unknown type");
}
