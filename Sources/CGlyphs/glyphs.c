// Letters with FreeType: outlines hinted in height only, so that lines are crisp and spaces even.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "CGlyphs.h"

struct cglyphs_font {
    FT_Library library;
    FT_Face face;
    uint8_t *bytes;
    uint32_t pixels;
};

// No letter is larger than this many ems; a damaged font could ask for gigabytes of pixels.
static const FT_Pos largest_glyph = 16;

// Light hinting moves points up and down only. Pictures of letters that a font may hold have sizes of their own.
static const FT_Int32 load_flags = FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP;

static int __attribute__((format(printf, 3, 4))) fail(char *message, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, size, format, arguments);
    va_end(arguments);
    return 1;
}

static int32_t whole_pixels(FT_Pos distance) { return (int32_t)((distance + 63) >> 6); }

int cglyphs_open(const uint8_t *bytes, size_t length, uint32_t pixels, cglyphs_font **font, cglyphs_metrics *metrics,
                 char *message, size_t message_size) {
    *font = NULL;
    if (pixels < CGLYPHS_MIN_SIZE || pixels > CGLYPHS_MAX_SIZE) {
        return fail(message, message_size, "letters cannot have %u pixels; %d to %d can be drawn", pixels,
                    CGLYPHS_MIN_SIZE, CGLYPHS_MAX_SIZE);
    }
    if (length == 0) return fail(message, message_size, "the file is empty");
    cglyphs_font *f = calloc(1, sizeof *f);
    if (f != NULL) f->bytes = malloc(length);
    if (f == NULL || f->bytes == NULL || FT_Init_FreeType(&f->library) != 0) {
        cglyphs_close(f);
        return fail(message, message_size, "there is not enough memory for the font");
    }
    memcpy(f->bytes, bytes, length);
    f->pixels = pixels;
    int code = 0;
    if (FT_New_Memory_Face(f->library, f->bytes, (FT_Long)length, 0, &f->face) != 0) {
        code = fail(message, message_size, "it is not a font, or a damaged one");
    } else if (!FT_IS_SCALABLE(f->face)) {
        code = fail(message, message_size, "its letters have no outlines");
    } else if (FT_Select_Charmap(f->face, FT_ENCODING_UNICODE) != 0) {
        code = fail(message, message_size, "it does not say which letters it has in Unicode");
    } else if (FT_Set_Pixel_Sizes(f->face, 0, pixels) != 0) {
        code = fail(message, message_size, "it cannot be drawn with %u pixels", pixels);
    }
    if (code != 0) {
        cglyphs_close(f);
        return code;
    }
    const FT_Size_Metrics *size = &f->face->size->metrics;
    metrics->ascent = whole_pixels(size->ascender);
    metrics->descent = whole_pixels(-size->descender);
    metrics->line_height = whole_pixels(size->height);
    *font = f;
    return 0;
}

void cglyphs_close(cglyphs_font *font) {
    if (font == NULL) return;
    if (font->face != NULL) FT_Done_Face(font->face);
    if (font->library != NULL) FT_Done_FreeType(font->library);
    free(font->bytes);
    free(font);
}

bool cglyphs_has(cglyphs_font *font, uint32_t scalar) { return FT_Get_Char_Index(font->face, scalar) != 0; }

static int load(cglyphs_font *font, uint32_t scalar, char *message, size_t message_size) {
    const FT_Error error = FT_Load_Char(font->face, scalar, load_flags);
    if (error == 0 && font->face->glyph->format == FT_GLYPH_FORMAT_OUTLINE) return 0;
    return fail(message, message_size, "its glyph for U+%04X is damaged", scalar);
}

int cglyphs_advance(cglyphs_font *font, uint32_t previous, uint32_t scalar, int32_t *kerning, int32_t *advance,
                    char *message, size_t message_size) {
    *kerning = 0;
    if (previous != 0 && FT_HAS_KERNING(font->face)) {
        FT_Vector move;
        const FT_UInt left = FT_Get_Char_Index(font->face, previous);
        const FT_UInt right = FT_Get_Char_Index(font->face, scalar);
        if (FT_Get_Kerning(font->face, left, right, FT_KERNING_UNFITTED, &move) == 0) *kerning = (int32_t)move.x;
    }
    if (load(font, scalar, message, message_size) != 0) return 1;
    // 16.16 without hinting, which would round it to whole pixels
    *advance = (int32_t)((font->face->glyph->linearHoriAdvance + 512) >> 10);
    return 0;
}

int cglyphs_draw(cglyphs_font *font, uint32_t scalar, int32_t fraction, cglyphs_glyph *glyph, char *message,
                 size_t message_size) {
    *glyph = (cglyphs_glyph){0};
    if (load(font, scalar, message, message_size) != 0) return 1;
    const FT_GlyphSlot slot = font->face->glyph;
    FT_BBox box;
    FT_Outline_Get_CBox(&slot->outline, &box);
    const FT_Pos limit = largest_glyph * font->pixels * 64;
    if (box.xMin < -limit || box.yMin < -limit || box.xMax > limit || box.yMax > limit) {
        return fail(message, message_size, "its glyph for U+%04X is too large", scalar);
    }
    FT_Outline_Translate(&slot->outline, fraction, 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0 || slot->bitmap.pixel_mode != FT_PIXEL_MODE_GRAY ||
        slot->bitmap.pitch < 0) {
        return fail(message, message_size, "its glyph for U+%04X cannot be drawn", scalar);
    }
    glyph->left = slot->bitmap_left;
    glyph->top = slot->bitmap_top;
    glyph->width = slot->bitmap.width;
    glyph->height = slot->bitmap.rows;
    glyph->stride = (size_t)slot->bitmap.pitch;
    glyph->coverage = slot->bitmap.buffer;
    return 0;
}
