// Reads every kind of PNG as 8-bit RGB.

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// What libpng may hold at one time beside the pixels: rows, zlib's window and the text chunks.
static const size_t memory_budget = 64u << 20;

// DEFLATE cannot expand a byte to more than this.
static const uint64_t largest_expansion = 1032;

typedef struct {
    cpng_state common;
    const uint8_t *bytes;
    size_t length;
    size_t position;
    png_structp png;
    png_infop info;
    uint8_t *pixels;
    cpng_picture *picture;
} decoder;

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    decoder *d = png_get_io_ptr(png);
    if (count > d->length - d->position) png_error(png, "the file is cut off");
    memcpy(target, d->bytes + d->position, count);
    d->position += count;
}

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Looks at the signature and the size before libpng does, because its message would not name the numbers.
static bool check_header(decoder *d) {
    static const uint8_t start[16] = {137, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    const size_t present = d->length < sizeof start ? d->length : sizeof start;
    if (d->length == 0) {
        cpng_fail(&d->common, "the file is empty");
        return false;
    }
    if (memcmp(d->bytes, start, present) != 0) {
        cpng_fail(&d->common, "it is not a PNG file");
        return false;
    }
    if (d->length < 33) {
        cpng_fail(&d->common, "the file is cut off");
        return false;
    }
    const uint32_t width = big_endian(d->bytes + 16);
    const uint32_t height = big_endian(d->bytes + 20);
    if (width == 0 || height == 0 || width > CPNG_MAX_SIDE || height > CPNG_MAX_SIDE ||
        (uint64_t)width * height > CPNG_MAX_PIXELS) {
        cpng_fail(&d->common, "its header says %ux%u pixels; 1 to %d a side and %d in all can be read", width, height,
                  CPNG_MAX_SIDE, CPNG_MAX_PIXELS);
        return false;
    }
    return true;
}

static void prepare(decoder *d) {
    // None of these is needed, and a damaged one is no reason to refuse a picture.
    static const png_byte skipped[] =
        "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tIME";
    png_set_keep_unknown_chunks(d->png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
    png_set_user_limits(d->png, CPNG_MAX_SIDE, CPNG_MAX_SIDE);
    png_set_chunk_malloc_max(d->png, 2 * CPNG_MAX_TEXT);
    png_set_chunk_cache_max(d->png, CPNG_MAX_TEXTS + 100);
    png_set_crc_action(d->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(d->png, 0);
    png_set_read_fn(d->png, d, read_bytes);
}

// rgba [count, 4] -> rgb [count, 3] in the same memory
static void composite_on_white(uint8_t *pixels, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const unsigned alpha = pixels[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            pixels[3 * i + c] = (uint8_t)((pixels[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
}

static void read_pixels(decoder *d) {
    const png_structp png = d->png;
    const png_infop info = d->info;
    const uint32_t width = png_get_image_width(png, info);
    const uint32_t height = png_get_image_height(png, info);
    const uint64_t packed = (uint64_t)png_get_rowbytes(png, info) * height;
    if (packed / largest_expansion > d->length) {
        png_error(png, "the file is too short for the size that its header says");
    }
    const bool alpha =
        (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t row_size = (size_t)width * (alpha ? 4 : 3);
    if (png_get_rowbytes(png, info) != row_size) png_error(png, "its kind of pixels cannot be read");

    d->pixels = calloc(height, row_size);
    if (d->pixels == NULL) png_error(png, "there is not enough memory for it");
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) png_read_row(png, d->pixels + y * row_size, NULL);
    }
    png_read_end(png, info);
    if (alpha) {
        composite_on_white(d->pixels, (size_t)width * height);
        uint8_t *smaller = realloc(d->pixels, (size_t)width * height * 3);
        if (smaller != NULL) d->pixels = smaller;
    }
    d->picture->width = width;
    d->picture->height = height;
    d->picture->pixels = d->pixels;
    d->pixels = NULL;
}

static char *copy(const char *text, size_t length) {
    char *result = malloc(length + 1);
    if (result == NULL) return NULL;
    memcpy(result, text, length);
    result[length] = 0;
    return result;
}

static void read_texts(decoder *d) {
    png_textp texts = NULL;
    const int count = png_get_text(d->png, d->info, &texts, NULL);
    if (count <= 0) return;
    cpng_picture *picture = d->picture;
    picture->texts = calloc((size_t)count, sizeof *picture->texts);
    if (picture->texts == NULL) png_error(d->png, "there is not enough memory for its text");
    for (int i = 0; i < count; i++) {
        const bool utf8 = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
        const size_t length = utf8 ? texts[i].itxt_length : texts[i].text_length;
        char *keyword = copy(texts[i].key, strlen(texts[i].key));
        char *text = copy(texts[i].text, length);
        if (keyword == NULL || text == NULL) {
            free(keyword);
            free(text);
            png_error(d->png, "there is not enough memory for its text");
        }
        picture->texts[i] = (cpng_text){keyword, text, length, utf8};
        picture->text_count = (size_t)i + 1;
    }
}

// `d` lives in the caller, so its fields are defined after the jump.
static int run(decoder *d) {
    if (setjmp(png_jmpbuf(d->png)) != 0) return 1;
    prepare(d);
    png_read_info(d->png, d->info);
    read_pixels(d);
    read_texts(d);
    return 0;
}

int cpng_decode(const uint8_t *bytes, size_t length, cpng_picture *picture, char *message, size_t message_size) {
    decoder d = {
        .common = {message, message_size, memory_budget}, .bytes = bytes, .length = length, .picture = picture};
    *picture = (cpng_picture){0};
    if (!check_header(&d)) return 1;
    d.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &d.common, cpng_on_error, cpng_on_warning, &d.common,
                                     cpng_allocate, cpng_release);
    if (d.png != NULL) d.info = png_create_info_struct(d.png);
    int code = 1;
    if (d.info != NULL) {
        code = run(&d);
    } else {
        cpng_fail(&d.common, "there is not enough memory to read it");
    }
    png_destroy_read_struct(&d.png, &d.info, NULL);
    free(d.pixels);
    if (code != 0) cpng_free_picture(picture);
    return code;
}

void cpng_free_picture(cpng_picture *picture) {
    for (size_t i = 0; i < picture->text_count; i++) {
        free((char *)picture->texts[i].keyword);
        free((char *)picture->texts[i].text);
    }
    free(picture->texts);
    free(picture->pixels);
    *picture = (cpng_picture){0};
}
