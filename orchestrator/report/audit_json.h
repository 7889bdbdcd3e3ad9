// Schema killify.audit/1 (docs/schema/audit.schema.json).
#pragma once

#include "report/audited_tree.h"

#include <nlohmann/json.hpp>

#include <string>

namespace killify {

[[nodiscard]] std::string audit_json(const AuditedTree& tree);

// Its parts, for other documents.
[[nodiscard]] nlohmann::ordered_json handler_json(const Handler& handler);
[[nodiscard]] nlohmann::ordered_json note_json(const Note& note);
[[nodiscard]] nlohmann::ordered_json unresolved_json(const UnresolvedCall& call);
[[nodiscard]] nlohmann::ordered_json finding_json(const Finding& finding);
[[nodiscard]] nlohmann::ordered_json planned_json(const Planned& planned);
[[nodiscard]] nlohmann::ordered_json tree_json(const AuditedTree& tree);

// Indented text of a document. A file that is not UTF-8 must not cost the report: its bytes are
// replaced.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json);

}  // namespace killify
