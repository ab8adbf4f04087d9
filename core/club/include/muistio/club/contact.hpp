// Contacts by consent: a member's name, company and e-mail, for the club as long as the member wants it.
#pragma once

#include <string>
#include <vector>

#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/club/records.hpp"
#include "muistio/replica/change_builder.hpp"

namespace muistio::club {

inline constexpr DocumentType kContact{0x2a};  // what one member says; withdrawn by taking it back, with its history
inline constexpr FieldId kContactOf{0x2a01};   // register: three blocks, lines: name, company, e-mail; the device that made it

struct Contact {
  std::string name, company, email;  // lines; the name is not empty
  friend bool operator==(const Contact&, const Contact&) = default;
};

/// Gives the author's contact to the club; what they gave before is taken back. Errors: invalid_argument, not_utf8, too_large.
Status give_contact(replica::ChangeBuilder& builder, Random& random, const Records& records, const Contact& contact);
/// Takes back all that the author gave. Errors: not_found (nothing was given).
Status withdraw_contact(replica::ChangeBuilder& builder, const Records& records);

struct ContactItem {
  MemberId member;
  Contact contact;
  WallMs at;
  friend bool operator==(const ContactItem&, const ContactItem&) = default;
};
/// Of each member the latest, by name.
[[nodiscard]] std::vector<ContactItem> list_contacts(const Records& records);

}  // namespace muistio::club
