// The error handler and the memory with a budget.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

void cpng_fail(const cpng_state *state, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(state->message, state->message_size, format, arguments);
    va_end(arguments);
}

void cpng_on_error(png_structp png, png_const_charp message) {
    const cpng_state *state = png_get_error_ptr(png);
    cpng_fail(state, "%s", message);
    png_longjmp(png, 1);
}

void cpng_on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

// The size stands in front of each block, so that a release gives its share of the budget back.
enum { HEADER = 16 };

png_voidp cpng_allocate(png_structp png, png_alloc_size_t size) {
    cpng_state *state = png_get_mem_ptr(png);
    if (size > state->memory_left) return NULL;
    char *block = malloc(size + HEADER);
    if (block == NULL) return NULL;
    *(size_t *)block = size;
    state->memory_left -= size;
    return block + HEADER;
}

void cpng_release(png_structp png, png_voidp pointer) {
    if (pointer == NULL) return;
    cpng_state *state = png_get_mem_ptr(png);
    char *block = (char *)pointer - HEADER;
    state->memory_left += *(size_t *)block;
    free(block);
}
