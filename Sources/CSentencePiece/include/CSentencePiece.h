// SentencePiece behind C functions; no C++ exception leaves them.

#ifndef CSENTENCEPIECE_H
#define CSENTENCEPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /// The longest text that is encoded and the largest model file that is read, in bytes.
    CSP_MAX_TEXT = 1 << 24,
    CSP_MAX_FILE = 1 << 28,
    /// A buffer of this size holds every message; a longer one is cut off.
    CSP_MESSAGE_SIZE = 512
};

/// A loaded model. It never changes, so that any number of threads may use it at once.
typedef struct csp_model csp_model;

/// Functions that return `int` return 0, or 1 with a message that ends with a zero byte.
int csp_load_file(const char *_Nonnull path, csp_model *_Nullable *_Nonnull model, char *_Nonnull message,
                  size_t message_size);
int csp_load_bytes(const uint8_t *_Nonnull bytes, size_t length, csp_model *_Nullable *_Nonnull model,
                   char *_Nonnull message, size_t message_size);
void csp_free_model(csp_model *_Nullable model);

/// Text (UTF-8, `length` bytes, zero bytes allowed) to ids; `*ids` is given back with `csp_free_memory`.
int csp_encode(const csp_model *_Nonnull model, const char *_Nonnull text, size_t length,
               int32_t *_Nullable *_Nonnull ids, size_t *_Nonnull count, char *_Nonnull message, size_t message_size);

/// Ids to text (UTF-8); an id outside of the vocabulary is an error; `*text` is given back with `csp_free_memory`.
int csp_decode(const csp_model *_Nonnull model, const int32_t *_Nullable ids, size_t count,
               char *_Nullable *_Nonnull text, size_t *_Nonnull length, char *_Nonnull message, size_t message_size);
void csp_free_memory(void *_Nullable memory);

/// The number of pieces.
int32_t csp_size(const csp_model *_Nonnull model);

/// The id of a piece; -1 if the model has no such piece.
int32_t csp_id_of_piece(const csp_model *_Nonnull model, const char *_Nonnull piece, size_t length);

/// The piece of an id, valid as long as the model, with its length in bytes; null outside of the vocabulary.
const char *_Nullable csp_piece_of_id(const csp_model *_Nonnull model, int32_t id, size_t *_Nonnull length);

/// Ids of the pieces with a meaning of their own; -1 if the model has none.
int32_t csp_unknown_id(const csp_model *_Nonnull model);
int32_t csp_begin_id(const csp_model *_Nonnull model);
int32_t csp_end_id(const csp_model *_Nonnull model);
int32_t csp_padding_id(const csp_model *_Nonnull model);

/// Whether an id is the unknown piece or one raw byte; false outside of the vocabulary.
bool csp_is_fallback(const csp_model *_Nonnull model, int32_t id);

#ifdef __cplusplus
}
#endif

#endif
