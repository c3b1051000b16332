// Writes 8-bit RGB with text chunks; all settings are fixed, so that equal arguments give equal bytes.

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "internal.h"

typedef struct {
    cpng_state common;
    uint8_t *bytes;
    size_t length;
    size_t capacity;
    png_structp png;
    png_infop info;
    png_textp texts;
} encoder;

static void write_bytes(png_structp png, png_bytep source, size_t count) {
    encoder *e = png_get_io_ptr(png);
    if (count > e->capacity - e->length) {
        size_t capacity = e->capacity * 2 + 4096;
        if (capacity < e->length + count) capacity = e->length + count;
        uint8_t *larger = realloc(e->bytes, capacity);
        if (larger == NULL) png_error(png, "there is not enough memory to write it");
        e->bytes = larger;
        e->capacity = capacity;
    }
    memcpy(e->bytes + e->length, source, count);
    e->length += count;
}

static void flush_bytes(png_structp png) { (void)png; }

static void set_texts(encoder *e, const cpng_text *texts, size_t count) {
    if (count == 0) return;
    e->texts = calloc(count, sizeof *e->texts);
    if (e->texts == NULL) png_error(e->png, "there is not enough memory for the text");
    for (size_t i = 0; i < count; i++) {
        if (strlen(texts[i].text) != texts[i].length) png_error(e->png, "a text has a zero character");
        if (texts[i].length > CPNG_MAX_TEXT) png_error(e->png, "a text is too long");
        e->texts[i].compression = texts[i].utf8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
        e->texts[i].key = (char *)texts[i].keyword;
        e->texts[i].text = (char *)texts[i].text;
    }
    png_set_text(e->png, e->info, e->texts, (int)count);
}

static void write_picture(encoder *e, const uint8_t *pixels, uint32_t width, uint32_t height, const cpng_text *texts,
                          size_t text_count) {
    const png_structp png = e->png;
    png_set_write_fn(png, e, write_bytes, flush_bytes);
    png_set_user_limits(png, CPNG_MAX_SIDE, CPNG_MAX_SIDE);
    png_set_compression_level(png, 4);  // beyond it the time grows far faster than the file shrinks
    png_set_compression_mem_level(png, 8);
    png_set_compression_strategy(png, Z_FILTERED);
    png_set_compression_window_bits(png, 15);
    png_set_compression_buffer_size(png, 1 << 16);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
    png_set_IHDR(png, e->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
    set_texts(e, texts, text_count);
    png_write_info(png, e->info);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * width * 3);
    png_write_end(png, NULL);
}

// `e` lives in the caller, so its fields are defined after the jump.
static int run(encoder *e, const uint8_t *pixels, uint32_t width, uint32_t height, const cpng_text *texts,
               size_t text_count) {
    if (setjmp(png_jmpbuf(e->png)) != 0) return 1;
    write_picture(e, pixels, width, height, texts, text_count);
    return 0;
}

int cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, const cpng_text *texts, size_t text_count,
                uint8_t **bytes, size_t *length, char *message, size_t message_size) {
    encoder e = {.common = {message, message_size, SIZE_MAX / 2}};
    *bytes = NULL;
    *length = 0;
    if (width == 0 || height == 0 || width > CPNG_MAX_SIDE || height > CPNG_MAX_SIDE ||
        (uint64_t)width * height > CPNG_MAX_PIXELS) {
        cpng_fail(&e.common, "it has %ux%u pixels; 1 to %d a side and %d in all can be written", width, height,
                  CPNG_MAX_SIDE, CPNG_MAX_PIXELS);
        return 1;
    }
    if (text_count > CPNG_MAX_TEXTS) {
        cpng_fail(&e.common, "it has %zu texts; %d can be written", text_count, CPNG_MAX_TEXTS);
        return 1;
    }
    e.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &e.common, cpng_on_error, cpng_on_warning, &e.common,
                                      cpng_allocate, cpng_release);
    if (e.png != NULL) e.info = png_create_info_struct(e.png);
    int code = 1;
    if (e.info != NULL) {
        code = run(&e, pixels, width, height, texts, text_count);
    } else {
        cpng_fail(&e.common, "there is not enough memory to write it");
    }
    png_destroy_write_struct(&e.png, &e.info);
    free(e.texts);
    if (code != 0) {
        free(e.bytes);
        return 1;
    }
    *bytes = e.bytes;
    *length = e.length;
    return 0;
}

void cpng_free_bytes(uint8_t *bytes) { free(bytes); }
