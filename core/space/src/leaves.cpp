#include "leaves.hpp"

#include <algorithm>

namespace muistio::space {

Result<Leaf> read_leaf(mls::LeafIndex index, const mls::LeafNode& node) {
  if (node.credential.credential_type != mls::CredentialType::basic)
    return fail(ErrorCode::invalid_certificate, "a credential that is not basic");
  Leaf leaf;
  leaf.index = index;
  MUISTIO_TRY(leaf.certificate, DeviceCertificate::decode(node.credential.identity));
  if (!equal(leaf.certificate.device_sig_pub.view(), node.signature_key.data))
    return fail(ErrorCode::invalid_certificate, "not for the leaf's signature key");
  leaf.member = leaf.certificate.member();
  leaf.device = leaf.certificate.device();
  return leaf;
}

Result<std::vector<Leaf>> read_leaves(const mls::RatchetTree& tree) {
  std::vector<Leaf> leaves;
  Status status;
  tree.for_each_leaf([&](mls::LeafIndex index, const mls::LeafNode& node) {
    if (!status) return;
    auto leaf = read_leaf(index, node);
    if (leaf) {
      leaves.push_back(std::move(*leaf));
    } else {
      status = fail(std::move(leaf).error());
    }
  });
  MUISTIO_CHECK(std::move(status));
  return leaves;
}

const Leaf* find_leaf(const std::vector<Leaf>& leaves, mls::LeafIndex index) {
  const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.index == index; });
  return found == leaves.end() ? nullptr : &*found;
}

}  // namespace muistio::space
