// What the audit says: handlers, and the interruptible sleeps they reach.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// A function that a root field is bound to, with one place that binds it.
struct Handler {
  std::string function;
  std::string file;           // where it is defined
  int line = 0;               // of the definition
  std::string ops;            // the variable or macro that binds it: "gru_vm_ops"
  std::string field;          // "fault"; "" where it is given to the function `ops`
  std::string registered_in;  // file and line of the binding
  int registered_line = 0;
  // The field's caller takes VM_FAULT_RETRY for success, so that it does not end a fault.
  bool retry_succeeds = false;
};

// A function (or macro) on the way to a sleep.
struct Hop {
  std::string function;
  std::string file;
  int line = 0;                 // of the call that leads on; in the last hop the sink's call
  std::string edge = "direct";  // direct | field | macro: how the call reaches the next hop
  std::string through{};        // of a field edge: what is called, "bdev->funcs->move"
  // What is known of the hop's parameters and locals that matter: "interruptible = true",
  // "ctx->interruptible = false". Empty where nothing is.
  std::vector<std::string> values{};
};

// Calls of one kind of which the tokens do not tell what they reach.
struct UnresolvedCall {
  enum class Kind {
    kField,     // nothing is bound to the field of that struct, or not all is known
    kVariable,  // a variable or parameter is called, and nothing is known to be in it
    kName,      // no definition of that name is in the tree: assembly, or made by a macro
  };
  Kind kind = Kind::kField;
  std::string callee;               // "vm_operations_struct->fault", "?->move", "memcpy"
  bool handler = false;             // the field holds fault handlers
  std::size_t depth = 0;            // calls from the next handler
  std::size_t calls = 0;            // in the functions that handlers can reach
  std::vector<std::string> places;  // the first of them: "FILE:LINE"
  // Who can reach one: indexes in Audit::handlers, of each function the first.
  std::vector<std::size_t> handlers;
};

struct SinkCall {
  std::string name;      // "mutex_lock_interruptible"
  std::string function;  // that holds the call
  std::string file;
  int line = 0;
  // "etnaviv_obj->lock": what is slept on, without '&'; "" where nothing is named.
  std::string object;
};

enum class Verdict { kConvert, kThread, kSuppressed, kSafe, kReview };

// One handler and one sleep it reaches, by the shortest chain.
struct Finding {
  std::string id;  // short, stable while the code is: a digest of handler, chain and sink
  Handler handler;
  SinkCall sink;
  std::vector<Hop> chain;  // handler first, the function that holds the sink last
  // Other ways from the handler to the sink, the shortest first, at most kMaxOtherChains: where the
  // verdict is certain, each call that leads to the sink is on one of them.
  std::vector<std::vector<Hop>> other_chains;
  std::string condition;   // always | true | false | unknown
  std::string on_signal;   // what the handler returns: VM_FAULT_NOPAGE | ... | ignored | unknown
  std::string mmap_lock;   // where that is VM_FAULT_RETRY: dropped | held; "" otherwise
  std::string translator;  // the function that makes that of the error, "" if none does
  Verdict verdict = Verdict::kReview;
  std::string reason;
  std::size_t unknown_conditions = 0;  // on the chain: whether a fault gets there hangs on them
  bool only_deep = false;              // left to a person for the length of the chain alone
  std::vector<SinkCall> also{};        // for review: what the same look answers (join_waits())
};

// What is wrong with a handler, whether or not it sleeps.
enum class NoteKind {
  kRetryIsSuccess,  // it returns VM_FAULT_RETRY, which its caller takes for success
  kSpins,           // a lock that is not had makes the core ask again at once
  kStaysBlocked,    // a way out behind blocked signals that does not let them in again
  kPartialMask,     // signals are blocked but for some: a sleep under it is no killable one
};
inline constexpr std::array kNoteKinds = {NoteKind::kRetryIsSuccess, NoteKind::kSpins,
                                          NoteKind::kStaysBlocked, NoteKind::kPartialMask};
struct Note {
  std::string id;  // as a finding's
  NoteKind kind = NoteKind::kSpins;
  Handler handler;
  std::string function;  // in which it stands, with the place
  std::string file;
  int line = 0;
  std::vector<std::string> way;  // from the handler to that function, where its result is returned
  std::string detail;            // kSpins: the lock's function; kPartialMask: the spared signals
};

constexpr std::size_t kMaxOtherChains = 48;
// Functions from a handler to a sleep. On 6.1 every second longer chain was found to be no way of
// a fault when a person looked: objects of another kind, conditions that exclude each other.
constexpr std::size_t kMaxCertainChain = 8;

[[nodiscard]] const char* verdict_name(Verdict verdict);

// What nobody found: the series file names it, and `sink` is where it is defined. It has no
// handler.
[[nodiscard]] bool is_asked_for(const Finding& finding);

// Its sleep, and what the same look answers.
[[nodiscard]] std::vector<SinkCall> sinks_of(const Finding& finding);

// Safe or suppressed: nothing is to be done.
[[nodiscard]] bool is_settled(const Finding& finding);

}  // namespace killify
