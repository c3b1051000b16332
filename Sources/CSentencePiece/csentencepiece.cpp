// SentencePiece behind C functions: every exception and every status becomes a code and a message.

#include "CSentencePiece.h"

#include <sentencepiece_processor.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct csp_model {
    sentencepiece::SentencePieceProcessor processor;
};

namespace {

template <typename Body>
int guarded(char *message, size_t message_size, Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const std::bad_alloc &) {
        std::snprintf(message, message_size, "there is not enough memory");
    } catch (const std::exception &error) {
        std::snprintf(message, message_size, "%s", error.what());
    } catch (...) {
        std::snprintf(message, message_size, "SentencePiece failed for a reason that it did not tell");
    }
    return 1;
}

// The answer of `body`, or `otherwise` if it throws.
template <typename Answer, typename Body>
Answer guarded(Answer otherwise, Body body) noexcept {
    try {
        return body();
    } catch (...) {
        return otherwise;
    }
}

void check(const sentencepiece::util::Status &status) {
    if (!status.ok()) throw std::runtime_error(status.error_message());
}

bool contains(const csp_model *model, int32_t id) {
    return id >= 0 && id < model->processor.GetPieceSize();
}

// The bytes of an answer, with at least one byte, so that an empty answer is no null pointer.
void *copied(const void *bytes, size_t size) {
    void *memory = std::malloc(size + 1);
    if (memory == nullptr) throw std::bad_alloc();
    if (size > 0) std::memcpy(memory, bytes, size);
    static_cast<char *>(memory)[size] = 0;
    return memory;
}

std::string contents(const char *path) {
    struct Closer {
        std::FILE *file;
        ~Closer() {
            if (file != nullptr) std::fclose(file);
        }
    };
    const Closer closer{std::fopen(path, "rb")};
    if (closer.file == nullptr) throw std::runtime_error(std::strerror(errno));
    std::string result;
    std::vector<char> buffer(1 << 16);
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), closer.file)) {
        if (result.size() + count > CSP_MAX_FILE) throw std::runtime_error("the file is too large for a text model");
        result.append(buffer.data(), count);
    }
    if (std::ferror(closer.file)) throw std::runtime_error(std::strerror(errno));
    return result;
}

csp_model *loaded(std::string_view bytes) {
    if (bytes.empty()) throw std::runtime_error("it is empty");
    if (bytes.size() > CSP_MAX_FILE) throw std::runtime_error("it is too large for a text model");
    auto model = std::make_unique<csp_model>();
    const auto status = model->processor.LoadFromSerializedProto(bytes);
    if (!status.ok()) {
        // The library answers with a place in its source code, which tells a user nothing.
        throw std::runtime_error("it is damaged, or no SentencePiece model");
    }
    return model.release();
}

}  // namespace

int csp_load_file(const char *path, csp_model **model, char *message, size_t message_size) {
    *model = nullptr;
    return guarded(message, message_size, [&] { *model = loaded(contents(path)); });
}

int csp_load_bytes(const uint8_t *bytes, size_t length, csp_model **model, char *message, size_t message_size) {
    *model = nullptr;
    return guarded(message, message_size,
                   [&] { *model = loaded(std::string_view(reinterpret_cast<const char *>(bytes), length)); });
}

void csp_free_model(csp_model *model) { delete model; }

int csp_encode(const csp_model *model, const char *text, size_t length, int32_t **ids, size_t *count, char *message,
               size_t message_size) {
    *ids = nullptr;
    *count = 0;
    return guarded(message, message_size, [&] {
        if (length > CSP_MAX_TEXT) throw std::runtime_error("the text is too long to be encoded");
        std::vector<int> result;
        check(model->processor.Encode(std::string_view(text, length), &result));
        static_assert(sizeof(int) == sizeof(int32_t));
        *ids = static_cast<int32_t *>(copied(result.data(), result.size() * sizeof(int32_t)));
        *count = result.size();
    });
}

int csp_decode(const csp_model *model, const int32_t *ids, size_t count, char **text, size_t *length, char *message,
               size_t message_size) {
    *text = nullptr;
    *length = 0;
    return guarded(message, message_size, [&] {
        std::vector<int> list;
        list.reserve(count);
        for (size_t i = 0; i < count; i++) {
            if (!contains(model, ids[i])) {
                throw std::runtime_error("id " + std::to_string(ids[i]) + " is outside of the vocabulary of " +
                                         std::to_string(model->processor.GetPieceSize()) + " pieces");
            }
            list.push_back(ids[i]);
        }
        std::string result;
        check(model->processor.Decode(list, &result));
        *text = static_cast<char *>(copied(result.data(), result.size()));
        *length = result.size();
    });
}

void csp_free_memory(void *memory) { std::free(memory); }

int32_t csp_size(const csp_model *model) {
    return guarded(0, [&] { return model->processor.GetPieceSize(); });
}

int32_t csp_id_of_piece(const csp_model *model, const char *piece, size_t length) {
    return guarded(-1, [&] {
        // An absent piece answers with the id of the unknown one, so the way back decides.
        const std::string_view wanted(piece, length);
        const int id = model->processor.PieceToId(wanted);
        return contains(model, id) && model->processor.IdToPiece(id) == wanted ? id : -1;
    });
}

const char *csp_piece_of_id(const csp_model *model, int32_t id, size_t *length) {
    *length = 0;
    return guarded(static_cast<const char *>(nullptr), [&]() -> const char * {
        if (!contains(model, id)) return nullptr;
        const std::string &piece = model->processor.IdToPiece(id);
        *length = piece.size();
        return piece.data();
    });
}

int32_t csp_unknown_id(const csp_model *model) {
    return guarded(-1, [&] { return model->processor.unk_id(); });
}

int32_t csp_begin_id(const csp_model *model) {
    return guarded(-1, [&] { return model->processor.bos_id(); });
}

int32_t csp_end_id(const csp_model *model) {
    return guarded(-1, [&] { return model->processor.eos_id(); });
}

int32_t csp_padding_id(const csp_model *model) {
    return guarded(-1, [&] { return model->processor.pad_id(); });
}

bool csp_is_fallback(const csp_model *model, int32_t id) {
    return guarded(false, [&] {
        return contains(model, id) && (model->processor.IsUnknown(id) || model->processor.IsByte(id));
    });
}
