#include "vectors.hpp"

namespace muistio::vectors {
namespace {
using namespace mls;

template <class T>
void require_round_trip(const Json& entry, const char* name) {
  const auto bytes = bytes_of(entry.at(name));
  require(encoded(need(decoded<T>(bytes), name)) == bytes, std::string("encoding again: ") + name);
}

void require_message(const Json& entry, const char* name, WireFormat format) {
  require_round_trip<MLSMessage>(entry, name);
  require(decoded_of<MLSMessage>(entry.at(name), name).wire_format() == format, std::string("the wire format of ") + name);
}

void require_public(const Json& entry, const char* name, ContentType type) {
  require_message(entry, name, WireFormat::mls_public_message);
  const auto message = decoded_of<MLSMessage>(entry.at(name), name);
  require(std::get<PublicMessage>(message.content).content.content_type() == type, std::string("the content type of ") + name);
}

// The state of the two members of a message-protection vector; the second is the sender.
class Protection {
 public:
  explicit Protection(const Json& entry)
      : entry_(entry),
        signing_key_(signing_key_of(entry.at("signature_priv"))),
        public_key_(verify_key_of(entry.at("signature_pub"))),
        membership_key_(secret_of(entry.at("membership_key"))),
        sender_data_secret_(secret_of(entry.at("sender_data_secret"))) {
    context_.group_id = bytes_of(entry.at("group_id"));
    context_.epoch = Epoch(entry.at("epoch").get<std::uint64_t>());
    context_.tree_hash = bytes_of(entry.at("tree_hash"));
    context_.confirmed_transcript_hash = bytes_of(entry.at("confirmed_transcript_hash"));
  }

  void check_public(const std::string& name) const {
    const auto message = decoded_of<MLSMessage>(entry_.at(name + "_pub"), name);
    require_content(need(unprotect_public(std::get<PublicMessage>(message.content), membership_key_, context_), name + "_pub"),
                    name);
    const auto own =
        need(protect_public(content_of(name, WireFormat::mls_public_message), membership_key_, context_), "protecting " + name);
    require_content(need(unprotect_public(own, membership_key_, context_), "our own " + name), name);
  }

  void check_private(const std::string& name) const {
    const auto message = decoded_of<MLSMessage>(entry_.at(name + "_priv"), name);
    auto secrets = secret_tree();
    require_content(
        need(unprotect_private(std::get<PrivateMessage>(message.content), secrets, sender_data_secret_), name + "_priv").content,
        name);
    auto senders = secret_tree();
    auto receivers = secret_tree();
    const auto own =
        need(protect_private(content_of(name, WireFormat::mls_private_message), senders, sender_data_secret_, randomness()),
             "protecting " + name);
    require_content(need(unprotect_private(own, receivers, sender_data_secret_), "our own " + name).content, name);
  }

  void check_application_is_never_public() const {
    require(!protect_public(content_of("application", WireFormat::mls_public_message), membership_key_, context_),
            "a public application message");
  }

 private:
  [[nodiscard]] SecretTree secret_tree() const { return {LeafCount(2), secret_of(entry_.at("encryption_secret"))}; }

  [[nodiscard]] AuthenticatedContent content_of(const std::string& name, WireFormat format) const {
    AuthenticatedContent content;
    content.wire_format = format;
    content.content.group_id = context_.group_id;
    content.content.epoch = context_.epoch;
    content.content.sender.leaf_index = LeafIndex(1);
    if (name == "proposal") content.content.content = decoded_of<Proposal>(entry_.at(name), name);
    if (name == "commit") content.content.content = decoded_of<Commit>(entry_.at(name), name);
    if (name == "application") content.content.content = ApplicationData{bytes_of(entry_.at(name))};
    content.sign(signing_key_, context_);
    if (name == "commit") content.auth.confirmation_tag = Bytes(32, 1);
    return content;
  }

  void require_content(const AuthenticatedContent& content, const std::string& name) const {
    require(content.content.sender.leaf_index == LeafIndex(1), "the sender of " + name);
    require(content.verify(public_key_, context_), "the signature of " + name);
    Writer out;
    content.content.encode_content(out);
    const auto* application = std::get_if<ApplicationData>(&content.content.content);
    require((application ? application->data : out.bytes()) == bytes_of(entry_.at(name)), "the content of " + name);
  }

  const Json& entry_;
  crypto::SigningKey signing_key_;
  SignaturePublicKey public_key_;
  Secret<32> membership_key_;
  Secret<32> sender_data_secret_;
  GroupContext context_;
};
}  // namespace

void check_message_protection(const Json& entry) {
  const Protection protection(entry);
  for (const auto* name : {"proposal", "commit"}) protection.check_public(name);
  for (const auto* name : {"proposal", "commit", "application"}) protection.check_private(name);
  protection.check_application_is_never_public();
}

void check_messages(const Json& entry) {
  require_message(entry, "mls_welcome", WireFormat::mls_welcome);
  require_message(entry, "mls_group_info", WireFormat::mls_group_info);
  require_message(entry, "mls_key_package", WireFormat::mls_key_package);
  require_round_trip<RatchetTree>(entry, "ratchet_tree");
  require_round_trip<GroupSecrets>(entry, "group_secrets");
  require_round_trip<Add>(entry, "add_proposal");
  require_round_trip<Update>(entry, "update_proposal");
  require_round_trip<Remove>(entry, "remove_proposal");
  require_round_trip<PreSharedKey>(entry, "pre_shared_key_proposal");
  require_round_trip<ReInit>(entry, "re_init_proposal");
  require_round_trip<ExternalInit>(entry, "external_init_proposal");
  require_round_trip<GroupContextExtensions>(entry, "group_context_extensions_proposal");
  require_round_trip<Commit>(entry, "commit");
  require_public(entry, "public_message_application", ContentType::application);
  require_public(entry, "public_message_proposal", ContentType::proposal);
  require_public(entry, "public_message_commit", ContentType::commit);
  require_message(entry, "private_message", WireFormat::mls_private_message);
}

void check_deserialization(const Json& entry) {
  const auto header = bytes_of(entry.at("vlbytes_header"));
  Reader in(header);
  const auto length = need(read_vector_length(in), "the header");
  require(length == entry.at("length").get<std::uint32_t>(), "the length");
  require(in.at_end(), "bytes are left");
  Writer out;
  write_vector_length(out, length);
  require(out.bytes() == header, "encoding the header again");
}

}  // namespace muistio::vectors
