#include "support/build_id.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace killify {
namespace {

// Notes are padded to multiples of this.
constexpr std::size_t kNoteAlignment = 4;

std::size_t padded(std::size_t size) {
  return (size + kNoteAlignment - 1) / kNoteAlignment * kNoteAlignment;
}

std::string id_among(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    if (notes.size() < padded(header.n_namesz) + header.n_descsz) return {};
    auto name = notes.substr(0, header.n_namesz);
    auto id = notes.substr(padded(header.n_namesz), header.n_descsz);
    if (header.n_type == NT_GNU_BUILD_ID && name == std::string_view("GNU\0", 4)) {
      std::string hex;
      for (char byte : id) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      return hex;
    }
    notes.remove_prefix(std::min(notes.size(), padded(header.n_namesz) + padded(header.n_descsz)));
  }
  return {};
}

// The program itself is the first object that dl_iterate_phdr() shows: the look ends with it.
int read_program(dl_phdr_info* object, std::size_t /*size*/, void* result) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers
    const auto* begin = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    auto id = id_among({begin, segment.p_memsz});
    if (!id.empty()) *static_cast<std::string*>(result) = std::move(id);
  }
  return 1;
}

}  // namespace

std::string build_id() {
  std::string id;
  dl_iterate_phdr(read_program, &id);
  return id;
}

}  // namespace killify
