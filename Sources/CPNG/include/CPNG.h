// PNG files in memory, read as 8-bit RGB and written with text chunks; libpng's longjmp stays inside this target.

#ifndef CPNG_H
#define CPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /// The largest width and height that is read or written, in pixels.
    CPNG_MAX_SIDE = 16384,
    /// The largest number of pixels of one picture.
    CPNG_MAX_PIXELS = 67108864,
    /// The longest text chunk that is written, in bytes.
    CPNG_MAX_TEXT = 4000000,
    /// The most text chunks of one file.
    CPNG_MAX_TEXTS = 1000,
    /// A buffer of this size holds every message.
    CPNG_MESSAGE_SIZE = 256
};

/// A text chunk: the keyword is Latin-1 and ends with a zero byte; the text has `length` bytes and no zero byte.
typedef struct {
    const char *_Nonnull keyword;
    const char *_Nonnull text;
    size_t length;
    /// True: iTXt, UTF-8. False: tEXt or zTXt, Latin-1.
    bool utf8;
} cpng_text;

/// A decoded picture; all of its memory belongs to it and is given back by `cpng_free_picture`.
typedef struct {
    uint32_t width;
    uint32_t height;
    uint8_t *_Nullable pixels;  // [height, width, 3]
    cpng_text *_Nullable texts;
    size_t text_count;
} cpng_picture;

/// Reads a PNG of any kind; alpha is composited on white, 16 bits are rounded to 8. Returns 0, or 1 with a message.
/// After an error `picture` is empty.
int cpng_decode(const uint8_t *_Nonnull bytes, size_t length, cpng_picture *_Nonnull picture, char *_Nonnull message,
                size_t message_size);

void cpng_free_picture(cpng_picture *_Nonnull picture);

/// Writes [height, width, 3] pixels as an 8-bit RGB PNG with fixed settings and no time stamp; equal arguments give
/// equal bytes. Returns 0 with `*bytes` to be given back by `cpng_free_bytes`, or 1 with a message.
int cpng_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, const cpng_text *_Nullable texts,
                size_t text_count, uint8_t *_Nullable *_Nonnull bytes, size_t *_Nonnull length,
                char *_Nonnull message, size_t message_size);

void cpng_free_bytes(uint8_t *_Nullable bytes);

#ifdef __cplusplus
}
#endif

#endif
