#include "cocci/answer_store.h"

#include "support/files.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <mutex>

namespace killify {
namespace {

namespace fs = std::filesystem;

constexpr int kLayout = 1;          // PRAGMA user_version; another one means: start afresh
constexpr int kBusyMillis = 30000;  // another killify may be writing

// Thrown for what SQLite finds nothing wrong with.
SQLite::Exception useless(const char* why) {
  return {why, SQLITE_NOTADB};
}

// Whether the file can only be thrown away. A full disk or a lock is not its fault.
bool is_useless(const SQLite::Exception& exception) {
  return exception.getErrorCode() == SQLITE_CORRUPT || exception.getErrorCode() == SQLITE_NOTADB;
}

}  // namespace

struct AnswerStore::State {
  explicit State(const fs::path& file)
      : db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMillis) {
    db.exec("PRAGMA journal_mode=WAL");
    db.exec("PRAGMA synchronous=NORMAL");
    int layout = db.execAndGet("PRAGMA user_version").getInt();
    bool empty = db.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (!empty && layout != kLayout) throw useless("another layout");
    db.exec(
        "CREATE TABLE IF NOT EXISTS answers("
        "content TEXT NOT NULL, question TEXT NOT NULL, answer BLOB NOT NULL, "
        "PRIMARY KEY(content, question)) WITHOUT ROWID");
    db.exec("PRAGMA user_version=" + std::to_string(kLayout));
    get_one.emplace(db, "SELECT answer FROM answers WHERE content=? AND question=?");
    put_one.emplace(db, "INSERT OR REPLACE INTO answers VALUES(?, ?, ?)");
  }

  SQLite::Database db;
  std::optional<SQLite::Statement> get_one;
  std::optional<SQLite::Statement> put_one;
  std::mutex mutex;
};

AnswerStore::AnswerStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
AnswerStore::AnswerStore(AnswerStore&&) noexcept = default;
AnswerStore& AnswerStore::operator=(AnswerStore&&) noexcept = default;
AnswerStore::~AnswerStore() = default;

Result<AnswerStore> AnswerStore::open(const fs::path& file) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  // One at a time: what another killify is about to set up must not look damaged.
  KILLIFY_TRY(auto lock, FileLock::wait(file.string() + ".lock"));
  std::string why;
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      return AnswerStore(std::make_unique<State>(file));
    } catch (const SQLite::Exception& exception) {
      why = exception.what();
      if (!is_useless(exception)) break;
      spdlog::warn("{}: {}; starting an empty cache", file.string(), why);
      for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file.string() + suffix, error);
    }
  }
  return fail("{}: cannot open the cache: {}; choose another directory with --cache", file.string(),
              why);
}

std::optional<std::string> AnswerStore::get(const std::string& content,
                                            const std::string& question) const {
  std::lock_guard lock(state_->mutex);
  try {
    auto& query = *state_->get_one;
    query.tryReset();  // reports the failure of the last use
    query.bindNoCopy(1, content);
    query.bindNoCopy(2, question);
    if (!query.executeStep()) return std::nullopt;
    auto column = query.getColumn(0);
    std::string answer(static_cast<const char*>(column.getBlob()),
                       static_cast<std::size_t>(column.getBytes()));
    query.reset();
    return answer;
  } catch (const SQLite::Exception& exception) {
    spdlog::warn("reading the cache: {}", exception.what());
    return std::nullopt;
  }
}

void AnswerStore::put(const std::string& content, const std::string& question,
                      const std::string& answer) {
  put_all({{content, question, answer}});
}

void AnswerStore::put_all(const std::vector<KeptAnswer>& answers) {
  std::lock_guard lock(state_->mutex);
  try {
    SQLite::Transaction transaction(state_->db);
    auto& insert = *state_->put_one;
    for (const auto& kept : answers) {
      insert.tryReset();
      insert.bindNoCopy(1, kept.content);
      insert.bindNoCopy(2, kept.question);
      insert.bindNoCopy(3, kept.answer.data(), static_cast<int>(kept.answer.size()));
      insert.exec();
    }
    transaction.commit();
  } catch (const SQLite::Exception& exception) {
    spdlog::warn("writing the cache: {}", exception.what());
  }
}

}  // namespace killify
