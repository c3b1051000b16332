// Letters of a font as coverage of pixels; FreeType's types stay inside this target.

#ifndef CGLYPHS_H
#define CGLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /// The smallest and the largest size of letters, in pixels an em.
    CGLYPHS_MIN_SIZE = 4,
    CGLYPHS_MAX_SIZE = 256,
    /// Positions and advances are in parts of a pixel, so many of them a pixel.
    CGLYPHS_UNIT = 64,
    /// A buffer of this size holds every message.
    CGLYPHS_MESSAGE_SIZE = 256
};

/// A font at one size. It may be used by one thread at a time.
typedef struct cglyphs_font cglyphs_font;

/// Distances from the baseline in whole pixels, all positive.
typedef struct {
    int32_t ascent;
    int32_t descent;
    /// From one baseline to the next.
    int32_t line_height;
} cglyphs_metrics;

/// The pixels of a letter. `coverage` belongs to the font and is valid until its next call.
typedef struct {
    /// From the pen to the first column, to the right.
    int32_t left;
    /// From the baseline to the first row, upwards.
    int32_t top;
    uint32_t width;
    uint32_t height;
    /// From one row to the next, in bytes.
    size_t stride;
    const uint8_t *_Nullable coverage;  // [height, stride], 0 to 255; null if there are no pixels
} cglyphs_glyph;

/// Opens the first face of a TrueType or OpenType font, of which it keeps a copy, at a size in pixels. Returns 0 with
/// `*font` to be given back by `cglyphs_close`, or 1 with a message.
int cglyphs_open(const uint8_t *_Nonnull bytes, size_t length, uint32_t pixels,
                 cglyphs_font *_Nullable *_Nonnull font, cglyphs_metrics *_Nonnull metrics, char *_Nonnull message,
                 size_t message_size);

void cglyphs_close(cglyphs_font *_Nullable font);

/// Whether the font has a glyph of its own for a Unicode scalar.
bool cglyphs_has(cglyphs_font *_Nonnull font, uint32_t scalar);

/// How far a Unicode scalar moves the pen, and how far it moves it before if it follows `previous` (0 for none), in
/// parts of a pixel. Returns 0, or 1 with a message.
int cglyphs_advance(cglyphs_font *_Nonnull font, uint32_t previous, uint32_t scalar, int32_t *_Nonnull kerning,
                    int32_t *_Nonnull advance, char *_Nonnull message, size_t message_size);

/// Draws a Unicode scalar with the pen `fraction` parts of a pixel (0 to 63) right of a pixel's edge. A scalar that
/// the font lacks is its box for missing glyphs. Returns 0, or 1 with a message.
int cglyphs_draw(cglyphs_font *_Nonnull font, uint32_t scalar, int32_t fraction, cglyphs_glyph *_Nonnull glyph,
                 char *_Nonnull message, size_t message_size);

#ifdef __cplusplus
}
#endif

#endif
